// SPDX-License-Identifier: GPL-3.0-or-later
// What the two programs load: the window no LibTorch, the engine no Qt of ours.
#include <QFileInfo>
#include <QProcess>
#include <QTest>

namespace {

/// Names in the dynamic section: what the program itself asks for, not what its libraries ask for in turn.
QStringList needed(const QString& program) {
  QProcess readelf;
  readelf.start("readelf", {"-d", "-W", program});
  if (!readelf.waitForFinished(20000) || readelf.exitCode() != 0) return {};
  QStringList names;
  for (const QByteArray& line : readelf.readAllStandardOutput().split('\n')) {
    if (line.contains("(NEEDED)"))
      names << QString::fromUtf8(line.mid(line.indexOf('[') + 1)).section(']', 0, 0);
  }
  return names;
}

QString program(const char* name) {
  return QStringLiteral(MONGE_BIN_DIR "/") + name;
}

}  // namespace

class TestLinkage : public QObject {
  Q_OBJECT

 private slots:
  void theWindowLinksNoLibTorch() {
    if (!QFileInfo::exists(program("monge"))) QSKIP("monge is not built");
    QProcess ldd;
    ldd.start("ldd", {program("monge")});
    QVERIFY(ldd.waitForFinished(20000));
    const QString all = QString::fromUtf8(ldd.readAllStandardOutput());
    QVERIFY2(all.contains("Qt6Widgets"), qPrintable(all));
    // With everything that its libraries load in turn.
    for (const char* library : {"torch", "libc10"}) QVERIFY2(!all.contains(library), library);
  }

  void theEngineLinksNoQt() {
    if (!QFileInfo::exists(program("monge-cli"))) QSKIP("monge-cli is not built");
    const QStringList names = needed(program("monge-cli"));
    QVERIFY2(!names.isEmpty(), "readelf (binutils) is needed");
    for (const QString& name : names) QVERIFY2(!name.startsWith("libQt"), qPrintable(name));
    QVERIFY(!names.filter("torch").isEmpty());
  }
};

QTEST_GUILESS_MAIN(TestLinkage)
#include "test_linkage.moc"
