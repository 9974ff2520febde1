// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "app/window/run_folders.h"
#include "core/base/error.h"
#include "core/experiment/run_directory.h"
#include "core/snapshot/snapshot_message.h"

using namespace monge;

namespace {

void age(const QString& path) {
  namespace fs = std::filesystem;
  fs::last_write_time(path.toStdString(), fs::file_time_type::clock::now() - std::chrono::hours(5));
}

void writeFile(const QString& path) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("x");
}

}  // namespace

class TestRunFolders : public QObject {
  Q_OBJECT

 private slots:
  void namesAreFreshAndPlain() {
    QTemporaryDir root;
    const QString first = freshRunFolder(root.path(), "Four clusters / Größe?");
    QVERIFY2(first.endsWith("-four-clusters-gr-e"), qPrintable(first));
    QDir().mkpath(first);
    QVERIFY(freshRunFolder(root.path(), "Four clusters / Größe?") != first);
  }

  void tidyingKeepsTheNewestAndTheRecent() {
    QTemporaryDir root;
    for (int i = 0; i < 6; ++i) {
      const QString folder = root.filePath(QStringLiteral("2026-01-0%1").arg(i + 1));
      QDir().mkpath(folder);
      writeFile(folder + "/log.txt");
      if (i != 1) age(folder + "/log.txt");  // the second is another window's, still being written
      age(folder);
    }
    tidyRunFolders(root.path(), 3);
    QCOMPARE(QDir(root.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name),
             (QStringList{"2026-01-02", "2026-01-04", "2026-01-05", "2026-01-06"}));
  }

  void aFolderThatIsNoRunHasNoCheckpoint() {
    QTemporaryDir root;
    QCOMPARE(lastCheckpoint(root.path()), -1);
    QCOMPARE(lastCheckpoint({}), -1);
    QCOMPARE(lastCheckpoint(root.filePath("absent")), -1);
  }

  void copiesARunWhole() {
    QTemporaryDir root;
    const QString run = root.filePath("run"), copy = root.filePath("kept/copy");
    const RunDirectory directory = RunDirectory::create(run.toStdString(), presets().front().experiment);
    EnsembleSnapshot snapshot;
    directory.writeCheckpoint(1200, Message("state"), toMessage(snapshot));
    QDir().mkpath(root.filePath("kept"));
    copyRun(run, copy);
    QCOMPARE(lastCheckpoint(copy), 1200);
    QVERIFY_EXCEPTION_THROWN(copyRun(run, copy), Error);  // never over a run that is there
  }

  void aCopyThatFailsLeavesNothing() {
    QTemporaryDir root;
    writeFile(root.filePath("file"));
    QVERIFY_EXCEPTION_THROWN(copyRun(root.filePath("absent"), root.filePath("copy")), Error);
    QCOMPARE(QDir(root.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{"file"});
  }
};

QTEST_GUILESS_MAIN(TestRunFolders)
#include "test_run_folders.moc"
