// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/run_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <fstream>
#include <memory>
#include <thread>

#include "core/base/error.h"

using namespace monge;

namespace {

QString refusal(const std::filesystem::path& folder) {
  try {
    const RunLock lock(folder);
  } catch (const Error& error) {
    return QString::fromUtf8(error.what());
  }
  return {};
}

}  // namespace

/// One writer a folder.
class TestRunLock : public QObject {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> m_root;
  std::filesystem::path folder() const { return m_root->path().toStdString(); }

 private slots:
  void init() { m_root = std::make_unique<QTemporaryDir>(); }

  void aSecondWriterIsToldWhoTheFirstIs() {
    {
      const RunLock lock(folder());
      const QString words = refusal(folder());
      QVERIFY2(words.startsWith(m_root->path() + ": is being written by process " +
                                QString::number(::getpid()) + " on "),
               qPrintable(words));
      QVERIFY2(words.endsWith("; expected to stop that one first, or another folder"), qPrintable(words));
    }
    QCOMPARE(refusal(folder()), QString());
  }

  void whatADeadProcessLeftIsTakenOver() {
    std::ofstream(folder() / "lock") << "process 999999999 on elsewhere\n";
    const RunLock lock(folder());
    QVERIFY(refusal(folder()).contains("process " + QString::number(::getpid())));
  }

  void aKilledWriterHoldsNothing() {
    int ready[2];
    QVERIFY(::pipe(ready) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const RunLock lock(folder());
      if (::write(ready[1], "x", 1) == 1) ::pause();
      ::_exit(0);
    }
    char byte = 0;
    QVERIFY(::read(ready[0], &byte, 1) == 1);
    QVERIFY(refusal(folder()).contains("process " + QString::number(child)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    QCOMPARE(refusal(folder()), QString());
    for (const int end : ready) ::close(end);
  }

  void aWriterThatIsJustEndingIsWaitedFor() {
    auto lock = std::make_unique<RunLock>(folder());
    std::thread ends([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      lock.reset();
    });
    QCOMPARE(refusal(folder()), QString());
    ends.join();
  }

  void aFolderThatCannotBeWrittenIsNamed() {
    QVERIFY2(refusal("/nowhere").startsWith("/nowhere/lock: cannot be written"),
             qPrintable(refusal("/nowhere")));
  }
};

QTEST_APPLESS_MAIN(TestRunLock)
#include "test_run_lock.moc"
