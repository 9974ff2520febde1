// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <functional>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/choices.h"
#include "core/data/readers.h"
#include "files_on_disk.h"

using namespace monge;

namespace {

const std::string kPoints = raw<float>({1, 2, 3, 4, 5, 6});
const RowsF kThree = (RowsF(3, 2) << 1, 2, 3, 4, 5, 6).finished();
const std::string kNpy = npyFile(npyDictionary("<f4", "(3, 2)"), kPoints);
const std::string kLabels = npyFile(npyDictionary("<i8", "(3,)"), raw<std::int64_t>({4, 0, -2}));

/// Three images of 2 x 2 pixels.
const std::string kIdx =
    idxFile({3, 2, 2}, std::string("\x00\xff\x33\x00\x00\x00\x00\x00\x01\x02\x03\x04", 12));

std::filesystem::path dataFolder() {
  const QString named = qEnvironmentVariable("MONGE_DATA");
  return named.isEmpty() ? std::filesystem::path(MONGE_SOURCE_DIR "/../shared/data")
                         : std::filesystem::path(named.toStdString());
}

}  // namespace

class TestReaders : public QObject {
  Q_OBJECT

 private:
  Folder m_folder;

  QString refusal(const std::string& name, const std::string& bytes, const ReadOptions& options = {}) {
    const auto file = m_folder.write(name, bytes);
    try {
      readDataset(file, options);
    } catch (const Error& error) {
      return QString(error.what()).remove(QString::fromStdString(m_folder.path("").string()));
    }
    return "accepted";
  }

  RowsF npy(const std::string& type, const std::string& shape, const std::string& data,
            bool fortran = false) {
    return readDataset(m_folder.write("a.npy", npyFile(npyDictionary(type, shape, fortran), data))).rows;
  }

 private slots:
  void numbersKeepDoublePrecision() {
    const auto csv = readNumbers(m_folder.write("a.csv", "x,y\n0.1,1e-300\n"));
    QCOMPARE(csv.values, (RowsD(1, 2) << 0.1, 1e-300).finished());
    QCOMPARE(csv.columns, (std::vector<std::string>{"x", "y"}));
    const std::string one = npyFile(npyDictionary("<f8", "(1, 2)"), raw<double>({0.1, 0.1}));
    QCOMPARE(readNumbers(m_folder.write("a.npy", one)).values, (RowsD(1, 2) << 0.1, 0.1).finished());
    const auto infinite =
        m_folder.write("b.npy", npyFile(npyDictionary("<f8", "(1,)"), raw<double>({INFINITY})));
    QVERIFY_THROWS_EXCEPTION(Error, readNumbers(infinite));
    QVERIFY_THROWS_EXCEPTION(Error, readNumbers(m_folder.path("none.csv")));
    QVERIFY_THROWS_EXCEPTION(Error, readNumbers(m_folder.write("header.csv", "x,y\n")));
  }

  void readsEveryNumberType() {
    const RowsF expected = (RowsF(2, 1) << 1, 100).finished();
    QCOMPARE(npy("<f4", "(2, 1)", raw<float>({1, 100})), expected);
    QCOMPARE(npy("<f8", "(2, 1)", raw<double>({1, 100})), expected);
    QCOMPARE(npy("|i1", "(2, 1)", raw<std::int8_t>({1, 100})), expected);
    QCOMPARE(npy("<i2", "(2, 1)", raw<std::int16_t>({1, 100})), expected);
    QCOMPARE(npy("<i4", "(2, 1)", raw<std::int32_t>({1, 100})), expected);
    QCOMPARE(npy("<i8", "(2, 1)", raw<std::int64_t>({1, 100})), expected);
    QCOMPARE(npy("|u1", "(2, 1)", raw<std::uint8_t>({1, 100})), expected);
    QCOMPARE(npy("<u2", "(2, 1)", raw<std::uint16_t>({1, 100})), expected);
    QCOMPARE(npy("<u4", "(2, 1)", raw<std::uint32_t>({1, 100})), expected);
    QCOMPARE(npy("<u8", "(2, 1)", raw<std::uint64_t>({1, 100})), expected);
    QCOMPARE(npy("|b1", "(2, 1)", raw<std::uint8_t>({1, 0})), (RowsF(2, 1) << 1, 0).finished());
    QCOMPARE(npy("<i4", "(2,)", raw<std::int32_t>({-1, 100})), (RowsF(2, 1) << -1, 100).finished());
  }

  void readsBigEndianAndFortran() {
    QCOMPARE(npy(">f4", "(3, 2)", raw<float>({1, 2, 3, 4, 5, 6}, true)), kThree);
    QCOMPARE(npy(">f8", "(3, 2)", raw<double>({1, 2, 3, 4, 5, 6}, true)), kThree);
    QCOMPARE(npy(">u2", "(3, 2)", raw<std::uint16_t>({1, 2, 3, 4, 5, 6}, true)), kThree);
    QCOMPARE(npy("<f4", "(3, 2)", raw<float>({1, 3, 5, 2, 4, 6}), true), kThree);
  }

  void readsEveryVersionAndOrderOfKeys() {
    for (const int version : {1, 2, 3}) {
      const auto file = m_folder.write("v.npy", npyFile(npyDictionary("<f4", "(3, 2)"), kPoints, version));
      QCOMPARE(readNpy(file).rows, kThree);
    }
    const std::string dictionary = "{ \"shape\":(3,2),'fortran_order':False , 'descr':'<f4'}";
    QCOMPARE(readNpy(m_folder.write("k.npy", npyFile(dictionary, kPoints))).rows, kThree);
  }

  void findsTheFormatByMagicToo() {
    QCOMPARE(readDataset(m_folder.write("points", kNpy)).rows, kThree);
    QCOMPARE(readDataset(m_folder.write("zipped", zipFile({{"a.npy", kNpy}}))).rows, kThree);
    QVERIFY(readDataset(m_folder.write("digits.bin", kIdx)).image.isImage());
    QVERIFY(readDataset(m_folder.write("digits.csv", gzip(kIdx))).image.isImage());
  }

  void refusesBadNpy_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const std::string& bytes, const char* message) {
      QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString("a.npy: ") + message;
    };
    const auto typed = [](const std::string& type) {
      return npyFile(npyDictionary(type, "(3, 2)"), kPoints);
    };
    const auto shaped = [](const std::string& shape) {
      return npyFile(npyDictionary("<f4", shape), kPoints);
    };
    const std::string plain = "; expected plain numbers: f4, f8, i1 to i8, u1 to u8 or b1";
    const auto type = [&](const char* name, const std::string& bytes, const std::string& message) {
      row(name, bytes, (message + plain).c_str());
    };
    row("empty", "", "the file is empty; expected an NPY array");
    row("wrong magic", "1,2\n3,4\n", "does not begin as an NPY array does; expected \\x93NUMPY");
    row("version 9", npyFile("{}", "", 9), "NPY version 9; expected 1, 2 or 3");
    row("only magic", kNpy.substr(0, 6), "ends inside the header; expected a whole file");
    row("half a header", kNpy.substr(0, 30), "ends inside the header; expected a whole file");
    row("huge header", "\x93NUMPY" + std::string("\x02\x00\xff\xff\xff\x7f", 6),
        "a header of 2147483647 bytes; expected at most 65524");
    row("truncated", kNpy.substr(0, kNpy.size() - 1),
        "23 bytes of numbers where the header claims 24; expected a whole file");
    row("too long", kNpy + "x",
        "25 bytes of numbers where the header claims 24; expected nothing behind the array");
    type("objects", typed("|O"), "Python objects, stored as pickle, which is never run");
    type("half precision", typed("<f2"), "numbers in half precision (f2)");
    type("complex", typed("<c8"), "complex numbers");
    type("text", typed("<U3"), "text");
    type("dates", typed("<M8[ns]"), "type \"<M8[ns]\"");
    type("long double", typed("<f16"), "type \"<f16\"");
    type("records", npyFile("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,), }", kPoints),
         "records with named fields");
    row("rank 0", shaped("()"),
        "an array of rank 0 (a single number); expected rank 2 (points x coordinates) or rank 1");
    row("rank 3", shaped("(3, 2, 1)"),
        "an array of rank 3 (3 x 2 x 1); expected rank 2 (points x coordinates) or rank 1");
    row("10 GB claim", shaped("(1250000000, 2)"),
        "claims 1250000000 x 2 values; expected at most 8 GiB in memory");
    row("claim past 64 bits", shaped("(9223372036854775807, 2)"),
        "claims 9223372036854775807 x 2 values; expected at most 8 GiB in memory");
    row("wide nothing", shaped("(0, 9223372036854775807)"),
        "claims 0 x 9223372036854775807 values; expected at most 8 GiB in memory");
    row("1 GB claim", shaped("(125000000, 2)"),
        "24 bytes of numbers where the header claims 1000000000; expected a whole file");
    row("negative size", shaped("(-3, 2)"),
        "a header that cannot be read: \"-3, 2), }?\"; expected 'descr', 'fortran_order' and 'shape'");
    row("no shape", npyFile("{'descr': '<f4', 'fortran_order': False}", kPoints),
        "a header that cannot be read: \"?\"; expected 'descr', 'fortran_order' and 'shape'");
    row("one point", npyFile(npyDictionary("<f4", "(1, 2)"), raw<float>({1, 2})),
        "1 point; expected at least 2 points");
    row("no columns", npyFile(npyDictionary("<f4", "(5, 0)"), ""), "0 points; expected at least 2 points");
    row("equal points", npyFile(npyDictionary("<f4", "(2, 1)"), raw<float>({1, 1})),
        "all 2 points are equal; expected at least 2 different points");
  }
  void refusesBadNpy() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, message);
    QCOMPARE(refusal("a.npy", bytes.toStdString()), message);
  }

  void saysWhereANumberIsNotFinite() {
    const auto with = [](float value) {
      return npyFile(npyDictionary("<f4", "(2, 2)"), raw<float>({1, 2, value, 4}));
    };
    QCOMPARE(refusal("a.npy", with(NAN)),
             QString("a.npy, row 2, column 1: NaN; expected finite numbers in single precision"));
    QCOMPARE(refusal("a.npy", with(-INFINITY)),
             QString("a.npy, row 2, column 1: infinity; expected finite numbers in single precision"));
    const std::string large = npyFile(npyDictionary("<f8", "(2, 1)"), raw<double>({1, 1e300}));
    QCOMPARE(refusal("a.npy", large),
             QString("a.npy, row 2, column 1: infinity; expected finite numbers in single precision"));
  }

  void readsNpz() {
    for (const bool deflated : {false, true}) {
      const auto file =
          m_folder.write("a.npz", zipFile({{"x.npy", kNpy, deflated}, {"y.npy", kLabels, deflated}}));
      const Dataset set = readDataset(file, {"y", ""});
      QCOMPARE(set.rows, kThree);
      QCOMPARE(set.labels, (std::vector<int>{4, 0, -2}));
      QVERIFY(readDataset(file).labels.empty());
      QCOMPARE(readDataset(file, {"", "y"}).rows, (RowsF(3, 1) << 4, 0, -2).finished());
    }
  }

  void readsNpzBesideObjects() {
    const std::string objects = npyFile(npyDictionary("|O", "(3,)"), "pickle");
    const auto file =
        m_folder.write("o.npz", zipFile({{"names.npy", objects}, {"x.npy", kNpy}, {"note.txt", "hello"}}));
    QCOMPARE(readDataset(file).rows, kThree);
  }

  void anNpzLeavesItsArraysToChoose() {
    const auto choices = [&](const std::string& bytes) {
      return dataChoices(m_folder.write("c.npz", bytes));
    };
    QVERIFY(!choices(zipFile({{"x.npy", kNpy}})).isOpen());
    QVERIFY(!choices("no archive").isOpen());
    const DataChoices two = choices(zipFile({{"a.npy", kNpy}, {"target.npy", kLabels}, {"b.npy", kNpy}}));
    QVERIFY(two.isOpen());
    QCOMPARE(two.arrays, (std::vector<std::string>{"a", "b"}));
    QCOMPARE(two.labels, (std::vector<std::string>{"target"}));
    QCOMPARE(two.suggested.array, std::string("a"));
    QCOMPARE(two.suggested.labels, std::string("target"));
    QCOMPARE(readDataset(m_folder.path("c.npz"), two.suggested).labels, (std::vector<int>{4, 0, -2}));
  }

  void refusesBadNpz() {
    const std::string both = zipFile({{"a.npy", kNpy}, {"b.npy", kNpy}});
    QCOMPARE(refusal("a.npz", both),
             QString("a.npz: several arrays: a (3 x 2), b (3 x 2); expected the name of one of them"));
    QCOMPARE(refusal("a.npz", both, {"", "c"}),
             QString("a.npz: no array \"c\"; expected one of a (3 x 2), b (3 x 2)"));
    QCOMPARE(refusal("a.npz", zipFile({})), QString("a.npz: no arrays; expected an array of numbers"));
    QVERIFY(refusal("a.npz", "").startsWith("a.npz: cannot be opened as NPZ: "));
    QVERIFY(refusal("a.npz", "not a zip archive").startsWith("a.npz: cannot be opened as NPZ: "));
    QVERIFY(refusal("a.npz", both.substr(0, both.size() / 2)).startsWith("a.npz: cannot be opened as NPZ: "));
    const std::string objects = npyFile(npyDictionary("|O", "(3,)"), "pickle");
    QVERIFY(refusal("a.npz", zipFile({{"o.npy", objects}})).contains("pickle"));
    const std::string cube = npyFile(npyDictionary("<f4", "(3, 2, 1)"), kPoints);
    QCOMPARE(refusal("a.npz", zipFile({{"o.npy", cube}})),
             QString("a.npz: no array of rank 1 or 2 among: o (3 x 2 x 1); expected points x coordinates"));
    QCOMPARE(
        refusal("a.npz", zipFile({{"o.npy", cube}}), {"", "o"}),
        QString(
            "a.npz, array \"o\": an array of rank 3 (3 x 2 x 1); expected rank 2 (points x coordinates) or "
            "rank 1"));
    const std::string two = npyFile(npyDictionary("<i4", "(2,)"), raw<std::int32_t>({1, 2}));
    QCOMPARE(refusal("a.npz", zipFile({{"x.npy", kNpy}, {"y.npy", two}}), {"y", ""}),
             QString("a.npz, array \"y\": 2 labels; expected 3, one a point"));
    QCOMPARE(refusal("a.npz", zipFile({{"x.npy", kNpy}, {"y.npy", kNpy}}), {"y", "x"}),
             QString("a.npz, array \"y\": labels of shape 3 x 2; expected one number a row"));
  }

  void refusesABombByItsClaim() {
    const std::string head = npyFile(npyDictionary("|u1", "(4000000000, 1)"), std::string(1000, '\0'));
    const auto text = refusal("a.npz", zipFile({{"x.npy", head, true, 4000000100u}}));
    QCOMPARE(text,
             QString("a.npz, array \"x\": claims 4000000000 x 1 values; expected at most 8 GiB in memory"));
    const std::string small = npyFile(npyDictionary("<f4", "(3, 2)"), kPoints + std::string(1 << 24, '\0'));
    QVERIFY(refusal("a.npz", zipFile({{"x.npy", small, true}})).contains("where the header claims 24"));
  }

  void readsIdx() {
    const Dataset set = readDataset(m_folder.write("plain-images-idx3-ubyte", kIdx));
    QCOMPARE(set.image, (ImageShape{1, 2, 2}));
    QCOMPARE(set.rows.row(0).eval(), (Eigen::RowVector4f() << 0, 1, 0.2f, 0).finished().eval());
    QVERIFY(set.labels.empty());
    QCOMPARE(readDataset(m_folder.write("packed-images-idx3-ubyte.gz", gzip(kIdx))).rows, set.rows);
  }

  void findsTheLabelsBeside() {
    const std::string labels = idxFile({3}, "\x05\x06\x07");
    m_folder.write("a-labels-idx1-ubyte.gz", gzip(labels));
    m_folder.write("b.labels.idx1-ubyte", labels);
    const std::vector<int> expected = {5, 6, 7};
    QCOMPARE(readDataset(m_folder.write("a-images-idx3-ubyte", kIdx)).labels, expected);
    QCOMPARE(readDataset(m_folder.write("a-images-idx3-ubyte.gz", gzip(kIdx))).labels, expected);
    QCOMPARE(readDataset(m_folder.write("b.images.idx3-ubyte", kIdx)).labels, expected);
    m_folder.write("c-labels-idx1-ubyte", idxFile({2}, "\x05\x06"));
    QCOMPARE(refusal("c-images-idx3-ubyte", kIdx),
             QString("c-labels-idx1-ubyte: 2 labels; expected 3 labels, one an image"));
    m_folder.write("d-labels-idx1-ubyte", kIdx);
    QCOMPARE(refusal("d-images-idx3-ubyte", kIdx),
             QString("d-labels-idx1-ubyte: images where labels belong; expected 3 labels, one an image"));
  }

  void refusesBadIdx_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const std::string& bytes, const char* message) {
      QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString("x-ubyte: ") + message;
    };
    row("empty", "", "the file is empty; expected IDX images");
    row("wrong magic", "PNG and more",
        "does not begin as an IDX file does; expected 0, 0, a type and a rank");
    row("two bytes", kIdx.substr(0, 2), "ends inside the header; expected a whole IDX file");
    row("half a header", kIdx.substr(0, 10), "ends inside the header; expected a whole IDX file");
    row("floats", idxFile({2, 1, 1}, std::string(8, 'x'), 0x0d), "IDX type 13; expected 8, unsigned bytes");
    row("rank 2", idxFile({2, 2}, "abcd"), "IDX of rank 2; expected 3 (images x rows x columns)");
    row("labels", idxFile({2}, "ab"), "labels alone; expected the images file beside it");
    row("truncated", kIdx.substr(0, 20),
        "holds 20 bytes of the 28 that its header claims; expected a whole file");
    row("too long", kIdx + "x",
        "holds more than the 28 bytes that its header claims; expected nothing behind the last value");
    row("10 GB claim", idxFile({10000, 1000, 1000}, "x"),
        "claims 10000 images that do not fit; expected at most 2147483648 pixels");
    row("claim past 64 bits", idxFile({~0u, ~0u, ~0u}, "x"),
        "claims 4294967295 images that do not fit; expected at most 2147483648 pixels");
    row("packed 10 GB claim", gzip(idxFile({10000, 1000, 1000}, "x")),
        "claims 10000 images that do not fit; expected at most 2147483648 pixels");
    row("wide nothing", idxFile({0, 65536, 65536}, ""),
        "images of 65536 x 65536; expected sides up to 32768");
    row("no images", idxFile({0, 2, 2}, ""), "0 images; expected at least 2 images");
    row("no pixels", idxFile({3, 0, 2}, ""), "0 images; expected at least 2 images");
    row("equal images", idxFile({2, 1, 1}, "aa"),
        "all 2 images are equal; expected at least 2 different images");
    row("packed, truncated", gzip(kIdx).substr(0, 20), "the gzip stream ends early; expected a whole file");
    row("packed, half a header", gzip(kIdx.substr(0, 3)),
        "ends inside the header; expected a whole IDX file");
    row("packed, short", gzip(kIdx.substr(0, 20)),
        "holds 20 bytes of the 28 that its header claims; expected a whole file");
    row("packed, long", gzip(kIdx + std::string(1 << 20, 'x')),
        "holds more than the 28 bytes that its header claims; expected nothing behind the last value");
    row("packed, text", gzip("1,2\n3,4\n"),
        "does not begin as an IDX file does; expected 0, 0, a type and a rank");
    std::string damaged = gzip(kIdx);
    damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // in its checksum
    row("packed, damaged", damaged, "the gzip stream is damaged; expected a whole file");
  }
  void refusesBadIdx() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, message);
    QCOMPARE(refusal("x-ubyte", bytes.toStdString()), message);
  }

  void refusesWhatIsNoFile() {
    QVERIFY_THROWS_EXCEPTION(Error, readDataset(m_folder.path("missing.csv")));
    QVERIFY_THROWS_EXCEPTION(Error, readCsv(m_folder.path("missing.csv")));
    QVERIFY_THROWS_EXCEPTION(Error, readNpz(m_folder.path("missing.npz")));
    QVERIFY_THROWS_EXCEPTION(Error, readDataset(m_folder.path("")));
    QVERIFY(refusal("a.jpg", "\xff\xd8\xff").startsWith("a.jpg: a kind of file that is not known here"));
    QVERIFY(refusal("a.npy", kNpy, {"y", ""}).contains("NPZ"));
    QVERIFY(refusal("x-ubyte", kIdx, {"y", ""}).contains("no named columns"));
  }

  void writesWhatItReads() {
    const RowsF rows = (RowsF(2, 3) << 0.1f, -2, 1e30f, 4, 5, 1e-40f).finished();
    writeNpy(m_folder.path("out.npy"), rows);
    QCOMPARE(readNpy(m_folder.path("out.npy")).rows, rows);
    QCOMPARE((std::filesystem::file_size(m_folder.path("out.npy")) - 24) % 64, std::uintmax_t(0));
  }

  // Broken files of each format: a set of finite rows or one Error, nothing else.
  void survivesBrokenFiles_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const std::string& bytes) {
      QTest::newRow(name) << QString(name) << QByteArray::fromStdString(bytes);
    };
    row("f.csv", "x,\"y\"\n1,2\n-3.5,4e2\n\"5\",6\n# end\n");
    row("f.npy", kNpy);
    row("f.npz", zipFile({{"x.npy", kNpy, true}, {"y.npy", kLabels}}));
    row("f-ubyte", kIdx);
    row("f-ubyte.gz", gzip(kIdx));
  }
  void survivesBrokenFiles() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    Random random(5);
    int read = 0, refused = 0;
    for (int round = 0; round < 2000; ++round) {
      std::string broken = bytes.toStdString();
      for (std::uint64_t flips = random.below(4); flips > 0; --flips) {
        broken[random.below(broken.size())] = static_cast<char>(random.below(256));
      }
      if (random.below(3) == 0) broken.resize(random.below(broken.size()));
      if (random.below(8) == 0) broken.insert(random.below(broken.size() + 1), 1 + random.below(9), 'x');
      const auto file = m_folder.write(name.toStdString(), broken);
      try {
        const Dataset set = readDataset(file);
        QVERIFY(set.rows.allFinite() && set.size() >= 2 && set.dimension() >= 1);
        ++read;
      } catch (const Error&) {
        ++refused;
      }
    }
    QVERIFY2(read > 0 && refused > 0, qPrintable(QString("%1 read, %2 refused").arg(read).arg(refused)));
  }

  void readsRealDigits() {
    const auto file = dataFolder() / "mnist" / "t10k-images-idx3-ubyte.gz";
    if (!std::filesystem::exists(file)) QSKIP("MNIST is not here; MONGE_DATA names the folder with mnist/");
    const Dataset set = readDataset(file);
    QCOMPARE(set.size(), std::int64_t(10000));
    QCOMPARE(set.image, (ImageShape{1, 28, 28}));
    QCOMPARE(set.labels.size(), std::size_t(10000));
    // The first ten test digits, as published.
    QCOMPARE(std::vector<int>(set.labels.begin(), set.labels.begin() + 10),
             (std::vector<int>{7, 2, 1, 0, 4, 1, 4, 9, 5, 9}));
    QCOMPARE(set.rows.minCoeff(), 0.0f);
    QCOMPARE(set.rows.maxCoeff(), 1.0f);
    const Dataset padded = resizeImages(firstRows(set, 3), 32);
    QCOMPARE(padded.rows.sum(), set.rows.topRows(3).sum());
  }

  void readsRealPoints() {
    const auto folder = dataFolder() / "points";
    if (!std::filesystem::exists(folder))
      QSKIP("The point sets are not here; MONGE_DATA names the folder with points/");
    const Dataset roll = readDataset(folder / "swissroll2d_2048.csv");
    QCOMPARE(roll.size(), std::int64_t(2048));
    QCOMPARE(roll.rows(0, 0), 0.83933257f);
    QCOMPARE(readDataset(folder / "swissroll3d_2048.csv").dimension(), 3);
    QCOMPARE(readDataset(folder / "25gaussians_2500.csv").size(), std::int64_t(2500));
    QCOMPARE(readDataset(folder / "8gaussians_2048.csv").size(), std::int64_t(2048));
  }
};

QTEST_APPLESS_MAIN(TestReaders)
#include "test_readers.moc"
