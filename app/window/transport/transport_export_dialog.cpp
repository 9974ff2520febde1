// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/transport/transport_export_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QFutureWatcher>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <algorithm>
#include <map>

#include "app/window/figure_form.h"
#include "app/window/figure_preview.h"
#include "app/window/panel_parts.h"
#include "app/window/transport/transport_command.h"
#include "app/window/transport/transport_documents.h"
#include "core/base/files.h"

namespace monge {
namespace {

QString viewName(const QString& view) {
  using Dialog = TransportExportDialog;
  static const std::map<QString, QString> names{{"cells", Dialog::tr("Power cells")},
                                                {"singular", Dialog::tr("Singular set")},
                                                {"potential", Dialog::tr("Potential")},
                                                {"dual", Dialog::tr("Legendre dual")},
                                                {"panels", Dialog::tr("All four")},
                                                {"triangulation", Dialog::tr("Triangulation")},
                                                {"ridges", Dialog::tr("Ridges of the potential")},
                                                {"facets", Dialog::tr("Facets")}};
  return names.at(view);
}

QString formatName(const QString& format) {
  using Dialog = TransportExportDialog;
  static const std::map<QString, QString> names{{"pdf", Dialog::tr("PDF")},
                                                {"svg", Dialog::tr("SVG")},
                                                {"png", Dialog::tr("PNG")},
                                                {"glb", Dialog::tr("glTF mesh, binary")},
                                                {"gltf", Dialog::tr("glTF mesh, text")},
                                                {"vtp", Dialog::tr("VTK mesh")},
                                                {"ply", Dialog::tr("PLY mesh")},
                                                {"csv", Dialog::tr("CSV table")},
                                                {"npz", Dialog::tr("NPZ, all numbers")}};
  return names.at(format);
}

bool hasHeights(const QString& view) {
  return view == QLatin1String("potential") || view == QLatin1String("dual") ||
         view == QLatin1String("ridges");
}

}  // namespace

TransportExportDialog::TransportExportDialog(TransportSnapshotPtr moment, TransportFigure initial,
                                             QWidget* parent)
    : QDialog(parent),
      m_moment(std::move(moment)),
      m_start(std::move(initial)),
      m_preview(new FigurePreview(FigurePreview::Painting::InWorker)) {
  m_start.rule.by = static_cast<SingularRule::By>(m_moment->rule.by);  // in the same order
  m_start.rule.threshold = m_moment->rule.threshold;
  setWindowTitle(tr("Export"));
  setModal(false);
  const TransportDocument* preset = transportPreset(QString::fromStdString(m_moment->name));
  m_source = preset ? preset->id : QStringLiteral("DIR");
  auto* column = new QVBoxLayout(this);
  column->setSpacing(12);
  auto* row = new QHBoxLayout;
  row->setSpacing(16);
  row->addWidget(m_preview, 1);
  row->addWidget(makeControls());
  column->addLayout(row, 1);
  column->addWidget(makeCommandRow());
  viewChanged();
}

TransportExportDialog::~TransportExportDialog() {
  giveUp();
}

QWidget* TransportExportDialog::makeControls() {
  auto* panel = new QWidget;
  panel->setFixedWidth(280);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  m_view = new QComboBox;
  for (const QString& view : transportExports()) m_view->addItem(viewName(view), view);
  m_view->setCurrentIndex(std::max(0, m_view->findData(m_start.spec.view)));
  m_format = new QComboBox;
  m_colour = new QComboBox;
  m_colour->addItems({tr("Site"), tr("Mass"), tr("Mass error"), tr("Largest jump")});
  m_colour->setCurrentIndex(static_cast<int>(m_start.colour));
  m_trueHeights = new QCheckBox(tr("Heights as they are"));
  m_trueHeights->setChecked(!m_start.meshHeight);
  m_form = new FigureForm(m_start.spec);
  m_form->rows()->insertRow(0, tr("View"), m_view);
  m_form->rows()->insertRow(1, tr("Format"), m_format);
  m_form->rows()->insertRow(2, tr("Colour"), m_colour);
  m_form->rows()->addRow(QString(), m_trueHeights);
  m_controls = m_form;
  column->addWidget(m_form);
  column->addStretch(1);
  m_status = mutedLabel();
  m_status->setWordWrap(true);
  m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(m_status);
  column->addWidget(makeButtons());
  connect(m_view, &QComboBox::currentIndexChanged, this, &TransportExportDialog::viewChanged);
  for (QComboBox* box : {m_format, m_colour})
    connect(box, &QComboBox::currentIndexChanged, this, &TransportExportDialog::changed);
  connect(m_trueHeights, &QCheckBox::toggled, this, &TransportExportDialog::changed);
  connect(m_form, &FigureForm::changed, this, &TransportExportDialog::changed);
  return panel;
}

QWidget* TransportExportDialog::makeButtons() {
  auto* box = new QWidget;
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  m_close = new QPushButton(tr("Close"));
  m_close->setAutoDefault(false);
  m_save = new QPushButton(tr("Save…"));
  m_save->setProperty("primary", true);
  m_save->setDefault(true);
  row->addWidget(m_close);
  row->addWidget(m_save, 1);
  connect(m_close, &QPushButton::clicked, this, [this] { isWriting() ? cancel() : reject(); });
  connect(m_save, &QPushButton::clicked, this, &TransportExportDialog::chooseFile);
  return box;
}

QWidget* TransportExportDialog::makeCommandRow() {
  auto* box = new QWidget;
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  m_command = new QLineEdit;
  m_command->setReadOnly(true);
  m_command->setAccessibleName(tr("The command that writes the same"));
  auto* copy = new QPushButton(tr("Copy"));
  copy->setAutoDefault(false);
  row->addWidget(mutedLabel(tr("Command")));
  row->addWidget(m_command, 1);
  row->addWidget(copy);
  connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(command()); });
  return box;
}

void TransportExportDialog::setSource(const QString& what) {
  m_source = what;
  showCommand();
}

QString TransportExportDialog::format() const {
  return m_format->currentData().toString();
}

QString TransportExportDialog::command() const {
  return m_command->text();
}

TransportFigure TransportExportDialog::figure() const {
  TransportFigure figure = m_start;
  figure.spec = m_form->appliedTo(m_start.spec);
  figure.spec.view = m_view->currentData().toString();
  figure.colour = static_cast<views::CellColour>(m_colour->currentIndex());
  figure.meshHeight.reset();
  if (!m_trueHeights->isChecked()) figure.meshHeight = m_start.meshHeight.value_or(m_start.height);
  return figure;
}

/// The formats are the view's own; the one that was chosen stays where the view has it.
void TransportExportDialog::viewChanged() {
  const QString before = format();
  {
    const QSignalBlocker quiet(m_format);
    m_format->clear();
    for (const QString& name : transportFormats(m_view->currentData().toString()))
      m_format->addItem(formatName(name), name);
    m_format->setCurrentIndex(std::max(0, m_format->findData(before)));
  }
  changed();
}

void TransportExportDialog::changed() {
  const TransportFigure now = figure();
  const bool isPicture = transportPictureFormats().contains(format());
  const bool isScene = format() == QLatin1String("glb") || format() == QLatin1String("gltf");
  const bool isMesh = isScene || format() == QLatin1String("vtp") || format() == QLatin1String("ply");
  m_form->setApplies(isPicture, format() == QLatin1String("png"));
  m_form->axesBox()->setEnabled(isPicture && !hasHeights(now.spec.view));
  m_form->themeBox()->setEnabled(isPicture || isScene);
  m_colour->setEnabled(isPicture || isScene);
  m_trueHeights->setEnabled(isMesh && hasHeights(now.spec.view));
  showPreview();
  m_file.clear();
  showCommand();
}

void TransportExportDialog::showPreview() {
  const TransportFigure now = figure();
  if (!transportViews().contains(now.spec.view))
    return m_preview->setNote(tr("A mesh or numbers: there is no picture of it."));
  m_preview->setFigure(now.spec, [moment = m_moment, now](QPainter& painter, const QRectF& page) {
    paintTransportFigure(painter, page, *moment, now);
  });
}

void TransportExportDialog::showCommand() {
  const TransportFigure now = figure();
  m_command->setText(
      transportCommand(m_source, m_file.isEmpty() ? now.spec.view + '.' + format() : m_file, now));
  m_command->setCursorPosition(0);
}

void TransportExportDialog::chooseFile() {
  QSettings settings;
  const QString home = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
  const QString folder = settings.value(QStringLiteral("exportFolder"), home).toString();
  QString file =
      QFileDialog::getSaveFileName(this, tr("Save"), folder + '/' + figure().spec.view + '.' + format(),
                                   QStringLiteral("%1 (*.%2)").arg(formatName(format()), format()));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += '.' + format();
  settings.setValue(QStringLiteral("exportFolder"), QFileInfo(file).absolutePath());
  writeTo(file);
}

QString TransportExportDialog::writeInWorker(const QString& file, const TransportSnapshotPtr& moment,
                                             const TransportFigure& figure, const Job& job) {
  try {
    const std::string bytes = transportFileBytes(file, *moment, figure);
    Stage expected = Stage::Drawing;
    if (job->compare_exchange_strong(expected, Stage::Writing))
      writeFileAtomically(file.toStdString(), bytes);
    return {};
  } catch (const std::exception& error) {
    return QString::fromUtf8(error.what());
  }
}

void TransportExportDialog::writeTo(const QString& file) {
  if (isWriting()) return;
  m_job = std::make_shared<std::atomic<Stage>>(Stage::Drawing);
  setBusy(true);
  m_status->setText(tr("Writing…"));
  auto* watcher = new QFutureWatcher<QString>(this);
  connect(watcher, &QFutureWatcher<QString>::finished, this, [this, watcher, file, job = m_job] {
    watcher->deleteLater();
    if (job == m_job) finish(file, watcher->result());  // else it was given up
  });
  watcher->setFuture(QtConcurrent::run(writeInWorker, file, m_moment, figure(), m_job));
}

void TransportExportDialog::finish(const QString& file, const QString& problem) {
  m_job.reset();
  setBusy(false);
  m_status->setText(problem.isEmpty() ? tr("Saved as %1").arg(QDir::toNativeSeparators(file)) : problem);
  if (!problem.isEmpty()) return emit failed(problem);
  m_file = file;
  showCommand();
  emit exported(file);
}

bool TransportExportDialog::giveUp() {
  Stage expected = Stage::Drawing;
  return m_job && m_job->compare_exchange_strong(expected, Stage::Cancelled);
}

void TransportExportDialog::cancel() {
  if (!giveUp()) return;
  m_job.reset();
  setBusy(false);
  m_status->setText(tr("Cancelled. Nothing was written."));
  emit cancelled();
}

void TransportExportDialog::reject() {
  cancel();
  QDialog::reject();
}

void TransportExportDialog::setBusy(bool busy) {
  m_controls->setEnabled(!busy);
  m_save->setEnabled(!busy);
  m_close->setText(busy ? tr("Cancel") : tr("Close"));
}

}  // namespace monge
