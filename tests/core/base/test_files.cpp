// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/core/base/small_disk.h"

namespace fs = std::filesystem;
using namespace monge;

namespace {

std::size_t entriesIn(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

class TestFiles : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_dir;
  fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

 private slots:
  void writesAndReads() {
    const std::string bytes("a\0b\n\xff", 5);
    writeFileAtomically(path("file"), bytes);
    QCOMPARE(readFile(path("file")), bytes);
    writeFileAtomically(path("file"), "");
    QCOMPARE(readFile(path("file")), std::string());
  }

  void writesIntoTheWorkingFolder() {
    const fs::path old = fs::current_path();
    fs::current_path(m_dir.path().toStdString());
    writeFileAtomically("plain", "here");
    fs::current_path(old);
    QCOMPARE(readFile(path("plain")), std::string("here"));
  }

  void aFullDiskLeavesTheOldFile() {
    fs::create_directory(path("disk"));
    const fs::path file = path("disk") / "checkpoint";
    writeFileAtomically(file, "the last good one");
    {
      const test::SmallDisk disk(4096);
      QVERIFY_THROWS_EXCEPTION(Error, writeFileAtomically(file, std::string(100000, 'x')));
    }
    QCOMPARE(readFile(file), std::string("the last good one"));
    QCOMPARE(entriesIn(path("disk")), std::size_t(1));
  }

  void saysWhyAWriteFailed() {
    try {
      writeFileAtomically("/dev/full", "text");
      QFAIL("a full device took the bytes");
    } catch (const Error& error) {
      QCOMPARE(QString(error.what()), QString("/dev/full: cannot be written: No space left on device"));
      QCOMPARE(error.kind(), Error::Kind::Failed);
    }
  }

  void aDeviceIsNeverReplaced() {
    writeFileAtomically("/dev/null", "text");
    QVERIFY(fs::is_character_file("/dev/null"));
  }

  void aMissingFolderIsAnError() {
    QVERIFY_THROWS_EXCEPTION(Error, writeFileAtomically(path("nowhere/file"), "x"));
    QVERIFY_THROWS_EXCEPTION(Error, writeFileAtomically(m_dir.path().toStdString(), "x"));
  }

  void followsLinksAndKeepsPermissions() {
    writeFileAtomically(path("target"), "old");
    fs::permissions(path("target"), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink(path("target"), path("link"));
    writeFileAtomically(path("link"), "new");
    QVERIFY(fs::is_symlink(path("link")));
    QCOMPARE(readFile(path("target")), std::string("new"));
    QCOMPARE(fs::status(path("target")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }

  void refusesWhatItCannotRead() {
    QVERIFY_THROWS_EXCEPTION(Error, readFile(path("missing")));
    QVERIFY_THROWS_EXCEPTION(Error, readFile(m_dir.path().toStdString()));
    writeFileAtomically(path("ten"), "0123456789");
    QCOMPARE(readFile(path("ten"), 10).size(), std::size_t(10));
    QVERIFY_THROWS_EXCEPTION(Error, readFile(path("ten"), 9));
  }
};

QTEST_APPLESS_MAIN(TestFiles)
#include "test_files.moc"
