// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/base/error.h"
#include "core/data/png.h"
#include "files_on_disk.h"

using namespace monge;

namespace {

// 3 x 2 pixels of 8 bits, 2 x 1 of 16, 8 x 1 of 1, 2 x 1 in colour, and a header that claims 900,000 x
// 900,000.
const char* kGrey8 =
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNgMP7PkDbzDAAJZQL+oXec6QAAAABJRU5ErkJggg==";
const char* kGrey16 =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGNgYPz/HwADBQIAYV2vnwAAAABJRU5ErkJggg==";
const char* kGrey1 =
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAABAQAAAADLe9LuAAAACklEQVR4nGNYAAAAogCh3I2xzAAAAABJRU5ErkJggg==";
const char* kColour =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4//8/AwMDAA74Av7Ji4P1AAAAAElFTkSuQmCC";
const char* kHuge =
    "iVBORw0KGgoAAAANSUhEUgANu6AADbugCAAAAAD11s5TAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

std::string bytes(const char* base64) {
  return QByteArray::fromBase64(base64).toStdString();
}

}  // namespace

class TestPng : public QObject {
  Q_OBJECT

 private:
  Folder m_folder;

  RowsD read(const std::string& content) { return readGreyPng(m_folder.write("a.png", content)); }

 private slots:
  void greyLevelsStayAsTheyAre() {
    const RowsD grey = (RowsD(2, 3) << 0, 0.2, 1, 0.4, 0.6, 0.8).finished();
    QVERIFY(read(bytes(kGrey8)).isApprox(grey, 1e-15));
    QCOMPARE(read(bytes(kGrey16)), (RowsD(1, 2) << 1 / 65535.0, 1).finished());
    QCOMPARE(read(bytes(kGrey1)), (RowsD(1, 8) << 1, 0, 1, 0, 0, 0, 0, 0).finished());
    QCOMPARE(read(bytes(kColour)), (RowsD(1, 2) << 1, 0).finished());
  }

  void everyBrokenFileIsRefused() {
    QVERIFY_THROWS_EXCEPTION(Error, readGreyPng(m_folder.path("none.png")));
    QVERIFY_THROWS_EXCEPTION(Error, read(""));
    QVERIFY_THROWS_EXCEPTION(Error, read("no picture"));
    QVERIFY_THROWS_EXCEPTION(Error, read(bytes(kHuge)));
    const std::string whole = bytes(kGrey8);
    for (std::size_t length = 0; length + 12 < whole.size();
         ++length)  // without IEND a picture is whole enough
      QVERIFY_THROWS_EXCEPTION(Error, read(whole.substr(0, length)));
  }

  void noFlippedByteCrashes() {
    const std::string whole = bytes(kGrey8);
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const char flip : {1, 16, -128}) {
        std::string broken = whole;
        broken[at] = static_cast<char>(broken[at] ^ flip);
        try {
          QVERIFY(read(broken).allFinite());
        } catch (const Error& error) {
          QVERIFY(QString(error.what()).contains("a.png"));
        }
      }
  }
};

QTEST_APPLESS_MAIN(TestPng)
#include "test_png.moc"
