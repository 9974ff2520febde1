// SPDX-License-Identifier: GPL-3.0-or-later
// The export of transport as a person drives it: what is enabled, what is shown, what is written, what the
// command says, and that writing can be given up.
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QtTest>

#include "app/window/figure_command.h"
#include "app/window/figure_preview.h"
#include "app/window/render_command.h"
#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_export_dialog.h"
#include "app/window/transport/transport_picture.h"
#include "core/base/files.h"

using namespace monge;

namespace {

QComboBox* boxWith(const QDialog& dialog, const QString& data) {
  for (auto* box : dialog.findChildren<QComboBox*>())
    if (box->findData(data) >= 0) return box;
  qFatal("no list with %s", qPrintable(data));
}

void choose(const QDialog& dialog, const QString& data) {
  QComboBox* box = boxWith(dialog, data);
  box->setCurrentIndex(box->findData(data));
}

template <class Button>
Button* buttonNamed(const QDialog& dialog, const QString& text) {
  for (auto* button : dialog.findChildren<Button*>())
    if (button->text() == text) return button;
  qFatal("no button %s", qPrintable(text));
}

QDoubleSpinBox* numberNamed(const QDialog& dialog, const QString& name) {
  for (auto* box : dialog.findChildren<QDoubleSpinBox*>())
    if (box->accessibleName() == name) return box;
  qFatal("no number %s", qPrintable(name));
}

/// All threads of the pool are taken while it lives.
class BusyPool {
 public:
  BusyPool() {
    auto* pool = QThreadPool::globalInstance();
    for (int thread = 0; thread < pool->maxThreadCount(); ++thread)
      pool->start([this] {
        m_begun.release();
        m_gate.acquire();
      });
    m_begun.acquire(pool->maxThreadCount());
  }
  ~BusyPool() {
    m_gate.release(QThreadPool::globalInstance()->maxThreadCount());
    QThreadPool::globalInstance()->waitForDone();
  }

 private:
  QSemaphore m_begun, m_gate;
};

}  // namespace

class TestTransportExportDialog : public QObject {
  Q_OBJECT

  TransportSnapshotPtr m_moment;
  QTemporaryDir m_folder;
  QString path(const QString& name) const { return m_folder.filePath(name); }

  static TransportFigure panels() {
    TransportFigure figure;
    figure.spec.view = "panels";
    figure.spec.sizeMm = {100, 80};
    figure.spec.dpi = 60;
    return figure;
  }

  int run(const QString& command) const {
    std::vector<QByteArray> bytes;
    for (const QString& word : command.split(' ')) bytes.push_back(word.toLocal8Bit());
    std::vector<char*> argv;
    for (QByteArray& each : bytes) argv.push_back(each.data());
    return runRender(static_cast<int>(argv.size()), argv.data());
  }

 private slots:
  void initTestCase() {
    const TransportDocument* preset = transportPreset("disc");
    m_moment = solvedPicture(preset->problem, preset->name.toStdString(), {});
  }

  void thePreviewIsTheFile() {
    TransportExportDialog dialog(m_moment, panels());
    auto* preview = dialog.findChild<FigurePreview*>();
    dialog.show();
    QVERIFY(QTest::qWaitForWindowExposed(&dialog));
    const QSize shown = QSizeF(100, 80).scaled(preview->size() - QSize(24, 24), Qt::KeepAspectRatio).toSize();
    QTRY_COMPARE(preview->picture().size(), shown);
    QImage expected(shown, QImage::Format_ARGB32_Premultiplied);
    expected.fill(Qt::transparent);
    QPainter painter(&expected);
    painter.setRenderHint(QPainter::Antialiasing);
    const QSizeF points = QSizeF(100, 80) * 72 / 25.4;
    painter.scale(shown.width() / points.width(), shown.height() / points.height());
    painter.setClipRect(QRectF({}, points));
    paintTransportFigure(painter, QRectF({}, points), *m_moment, dialog.figure());
    painter.end();
    QCOMPARE(preview->picture(), expected);
  }

  void whatDoesNotApplyIsDisabled() {
    TransportExportDialog dialog(m_moment, panels());
    auto* width = numberNamed(dialog, "Width");
    auto* dpi = numberNamed(dialog, "Dots per inch");
    auto* heights = buttonNamed<QCheckBox>(dialog, "Heights as they are");
    auto* transparent = buttonNamed<QCheckBox>(dialog, "Transparent background");
    QCOMPARE(dialog.format(), QString("pdf"));
    QVERIFY(width->isEnabled() && !dpi->isEnabled() && !heights->isEnabled());
    choose(dialog, "png");
    QVERIFY(dpi->isEnabled());
    choose(dialog, "potential");
    QCOMPARE(dialog.format(), QString("png"));  // kept
    choose(dialog, "glb");
    QVERIFY(!width->isEnabled() && !dpi->isEnabled() && !transparent->isEnabled() && heights->isEnabled());
    QVERIFY(boxWith(dialog, "potential")->isEnabled());
    choose(dialog, "facets");
    QCOMPARE(dialog.format(), QString("csv"));  // there are no meshes of it
    QVERIFY(!heights->isEnabled());
    QVERIFY(!dialog.findChild<FigurePreview*>()->note().isEmpty());
    choose(dialog, "cells");
    QVERIFY(dialog.findChild<FigurePreview*>()->note().isEmpty());
  }

  void everyFormatIsWritten() {
    TransportExportDialog dialog(m_moment, panels());
    QSignalSpy exported(&dialog, &TransportExportDialog::exported);
    for (const char* name : {"panels.png", "cells.svg", "potential.glb", "singular.npz", "facets.csv"}) {
      choose(dialog, QString(name).section('.', 0, 0));
      choose(dialog, QString(name).section('.', 1));
      dialog.writeTo(path(name));
      QVERIFY(dialog.isWriting());
      QVERIFY(!buttonNamed<QPushButton>(dialog, "Save…")->isEnabled());
      QVERIFY(exported.wait(5000));
      QVERIFY(!dialog.isWriting());
      QVERIFY(QFileInfo(path(name)).size() > 100);
    }
    QCOMPARE(QImage(path("panels.png")).size(), QSize(236, 189));
  }

  void errorsAreInTheDialog() {
    TransportExportDialog dialog(m_moment, panels());
    QSignalSpy failed(&dialog, &TransportExportDialog::failed);
    dialog.writeTo(path("no/where.pdf"));
    QVERIFY(failed.wait(5000));
    const QString problem = failed[0][0].toString();
    QVERIFY2(problem.contains("where.pdf"), qPrintable(problem));
    const auto labels = dialog.findChildren<QLabel*>();
    QVERIFY(
        std::any_of(labels.begin(), labels.end(), [&](QLabel* label) { return label->text() == problem; }));
    // The person's own suffix decides, also where the view has none such.
    dialog.writeTo(path("panels.glb"));
    QVERIFY(failed.wait(5000));
    QVERIFY(failed[1][0].toString().contains("the view panels as .glb"));
    QVERIFY(buttonNamed<QPushButton>(dialog, "Save…")->isEnabled());
  }

  void writingCanBeGivenUp() {
    TransportExportDialog dialog(m_moment, panels());
    QSignalSpy cancelled(&dialog, &TransportExportDialog::cancelled);
    {
      const BusyPool busy;
      dialog.writeTo(path("given-up.pdf"));
      buttonNamed<QPushButton>(dialog, "Cancel")->click();
      QCOMPARE(cancelled.size(), 1);
      QVERIFY(!dialog.isWriting());
    }
    QVERIFY(!QFile::exists(path("given-up.pdf")));
    // The dialog is as it was.
    QSignalSpy exported(&dialog, &TransportExportDialog::exported);
    dialog.writeTo(path("written.pdf"));
    QVERIFY(exported.wait(5000));
    QVERIFY(QFile::exists(path("written.pdf")) && !QFile::exists(path("given-up.pdf")));
  }

  void closingGivesUp() {
    auto dialog = std::make_unique<TransportExportDialog>(m_moment, panels());
    {
      const BusyPool busy;
      dialog->writeTo(path("closed.pdf"));
      dialog.reset();
    }
    QVERIFY(!QFile::exists(path("closed.pdf")));
  }

  void theCommandWritesTheSame_data() {
    QTest::addColumn<QString>("view");
    QTest::addColumn<QString>("format");
    QTest::newRow("panels") << "panels"
                            << "png";
    QTest::newRow("cells") << "cells"
                           << "png";
    QTest::newRow("potential") << "potential"
                               << "png";
    QTest::newRow("mesh") << "potential"
                          << "glb";
    QTest::newRow("numbers") << "cells"
                             << "csv";
  }
  void theCommandWritesTheSame() {
    QFETCH(QString, view);
    QFETCH(QString, format);
    TransportFigure figure = panels();
    figure.layers = views::DiagramLayers();
    figure.layers->set(views::DiagramLayer::Centroids, true);
    figure.colour = views::CellColour::Error;
    figure.camera = {20, 50, 1.25, {0.1, -0.05}};
    figure.height = 0.4;
    figure.meshHeight = 0.5;
    figure.spec.theme = views::Theme::Dark;
    figure.spec.fontPt = 6;
    TransportExportDialog dialog(m_moment, figure);
    choose(dialog, view);
    choose(dialog, format);
    QVERIFY2(dialog.command().startsWith("monge render disc --view " + view), qPrintable(dialog.command()));
    QSignalSpy exported(&dialog, &TransportExportDialog::exported);
    dialog.writeTo(path("dialog." + format));
    QVERIFY(exported.wait(5000));
    const QString command = dialog.command();
    QVERIFY2(command.endsWith("--out " + path("dialog." + format)), qPrintable(command));
    QCOMPARE(run(QString(command).replace("dialog." + format, "command." + format)), 0);
    QVERIFY(readFile(path("dialog." + format).toStdString()) ==
            readFile(path("command." + format).toStdString()));
  }

  void theCommandIsForAShell() {
    TransportExportDialog dialog(m_moment, panels());
    QVERIFY(dialog.command().endsWith("--size 100x80mm --out panels.pdf"));
    dialog.setSource("my runs/it's");
    QVERIFY(dialog.command().startsWith("monge render 'my runs/it'\\''s' --view panels"));
    buttonNamed<QPushButton>(dialog, "Copy")->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), dialog.command());
    QCOMPARE(shellWord(""), QString("''"));
    auto ruled = std::make_shared<TransportSnapshot>(*m_moment);
    ruled->rule = {WallRule::By::Angle, 0.25};
    QVERIFY(TransportExportDialog(ruled, panels()).command().contains(" --by angle --threshold 0.25 "));
    ruled->rule = {WallRule::By::Jump, 0.5};
    QVERIFY(TransportExportDialog(ruled, panels()).command().contains(" --size 100x80mm --threshold 0.5 "));
    auto unnamed = std::make_shared<TransportSnapshot>(*m_moment);
    unnamed->name = "points";
    QVERIFY(TransportExportDialog(unnamed, panels()).command().startsWith("monge render DIR "));
  }
};

QTEST_MAIN(TestTransportExportDialog)
#include "test_transport_export_dialog.moc"
