// SPDX-License-Identifier: GPL-3.0-or-later
// Archives of arrays: read back by the house's own reader and, where it is installed, by NumPy.
#include <QProcess>
#include <QtTest>

#include "core/base/error.h"
#include "core/data/npz_writer.h"
#include "core/data/readers.h"
#include "tests/core/data/files_on_disk.h"

using namespace monge;

namespace {

std::vector<NamedArray> someArrays() {
  return {{"sites", {3, 2}, std::vector<double>{0, 0.1, 1e-300, -2.5, 1e300, 1.0 / 3}},
          {"triangles", {1, 3}, std::vector<std::int32_t>{0, 2147483647, -1}},
          {"hidden", {3}, std::vector<char>{0, 1, 0}},
          {"none", {0, 2}, std::vector<double>{}},
          {"residual", {}, std::vector<double>{0.25}}};
}

}  // namespace

class TestNpzWriter : public QObject {
  Q_OBJECT

  Folder m_folder;

  RowsD numbers(const std::vector<NamedArray>& arrays, const std::string& name) const {
    return readNumbers(m_folder.write("back.npz", npzBytes(arrays)), name).values;
  }

 private slots:
  void ourReaderTakesThemBack() {
    QVERIFY(numbers(someArrays(), "sites") ==
            (RowsD(3, 2) << 0, 0.1, 1e-300, -2.5, 1e300, 1.0 / 3).finished());
    QVERIFY(numbers(someArrays(), "triangles") == (RowsD(1, 3) << 0, 2147483647, -1).finished());
    QVERIFY(numbers(someArrays(), "hidden") == (RowsD(3, 1) << 0, 1, 0).finished());
  }

  void theSameArraysAreTheSameBytes() {
    const std::string bytes = npzBytes(someArrays());
    QVERIFY(npzBytes(someArrays()) == bytes);
    // Time and date of the first entry (APPNOTE.TXT, 4.3.7): midnight of 1 January 1980, not now.
    QCOMPARE(bytes.substr(10, 4), std::string("\0\0\x21\0", 4));
  }

  void manyNumbersArePacked() {
    const std::vector<double> zeros(100000, 0.0);
    QVERIFY(npzBytes({{"zeros", {100000}, zeros}}).size() < 8 * zeros.size() / 100);
  }

  void wrongArraysAreNamed() {
    const auto message = [](const std::vector<NamedArray>& arrays) {
      try {
        npzBytes(arrays);
      } catch (const Error& error) {
        return QString(error.what());
      }
      return QString("written");
    };
    QCOMPARE(message({{"sites", {2, 2}, std::vector<double>{1, 2, 3}}}),
             QString("array sites: 3 values; expected 4"));
    const NamedArray one{"twice", {1}, std::vector<double>{1}};
    QVERIFY2(message({one, one}).startsWith("array twice: "), qPrintable(message({one, one})));
  }

  /// Types, shapes and values as NumPy says them.
  void numpyReadsThem() {
    const auto file = m_folder.write("numpy.npz", npzBytes(someArrays()));
    QProcess python;
    python.start("/usr/bin/python3",
                 {"-c",
                  "import sys\n"
                  "try:\n import numpy\n"
                  "except ImportError:\n sys.exit(77)\n"
                  "with numpy.load(sys.argv[1], allow_pickle=False) as z:\n"
                  " for k in z.files: print(k, z[k].dtype.str, z[k].shape, z[k].tolist())\n",
                  QString::fromStdString(file.string())});
    if (!python.waitForStarted()) QSKIP("/usr/bin/python3 is not installed");
    QVERIFY(python.waitForFinished());
    if (python.exitCode() == 77) QSKIP("NumPy is not installed");
    QCOMPARE(QString(python.readAllStandardError()), QString());
    QCOMPARE(QString(python.readAllStandardOutput()),
             QString("sites <f8 (3, 2) [[0.0, 0.1], [1e-300, -2.5], [1e+300, 0.3333333333333333]]\n"
                     "triangles <i4 (1, 3) [[0, 2147483647, -1]]\n"
                     "hidden |b1 (3,) [False, True, False]\n"
                     "none <f8 (0, 2) []\n"
                     "residual <f8 () 0.25\n"));
  }
};

QTEST_GUILESS_MAIN(TestNpzWriter)
#include "test_npz_writer.moc"
