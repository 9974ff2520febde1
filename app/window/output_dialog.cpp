// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/output_dialog.h"

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
#include <QSignalBlocker>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <algorithm>
#include <map>

#include "app/window/figure_form.h"
#include "app/window/figure_preview.h"
#include "app/window/panel_parts.h"
#include "core/base/files.h"

namespace monge {
namespace {

QString formatName(const QString& format) {
  using Dialog = OutputDialog;
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

}  // namespace

OutputDialog::OutputDialog(const views::FigureSpec& start, const QString& source, QWidget* parent)
    : QDialog(parent), m_source(source), m_preview(new FigurePreview(FigurePreview::Painting::InWorker)) {
  setWindowTitle(tr("Export"));
  setModal(false);
  auto* column = new QVBoxLayout(this);
  column->setSpacing(12);
  auto* row = new QHBoxLayout;
  row->setSpacing(16);
  row->addWidget(m_preview, 1);
  row->addWidget(makeControls(start));
  column->addLayout(row, 1);
  column->addWidget(makeCommandRow());
}

OutputDialog::~OutputDialog() {
  giveUp();
}

QWidget* OutputDialog::makeControls(const views::FigureSpec& start) {
  auto* panel = new QWidget;
  panel->setFixedWidth(280);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  m_format = new QComboBox;
  m_form = new FigureForm(start);
  m_form->rows()->insertRow(0, tr("Format"), m_format);
  column->addWidget(m_form);
  column->addStretch(1);
  m_status = mutedLabel();
  m_status->setWordWrap(true);
  m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(m_status);
  column->addWidget(makeButtons());
  connect(m_format, &QComboBox::currentIndexChanged, this, &OutputDialog::changed);
  connect(m_form, &FigureForm::changed, this, &OutputDialog::changed);
  return panel;
}

QWidget* OutputDialog::makeButtons() {
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
  connect(m_save, &QPushButton::clicked, this, &OutputDialog::chooseFile);
  return box;
}

QWidget* OutputDialog::makeCommandRow() {
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

void OutputDialog::setSource(const QString& what) {
  m_source = what;
  showCommand();
}

QString OutputDialog::format() const {
  return m_format->currentData().toString();
}

QString OutputDialog::command() const {
  return m_command->text();
}

bool OutputDialog::isPicture() const {
  return format() == QLatin1String("pdf") || format() == QLatin1String("svg") ||
         format() == QLatin1String("png");
}

bool OutputDialog::isScene() const {
  return format() == QLatin1String("glb") || format() == QLatin1String("gltf");
}

bool OutputDialog::isMesh() const {
  return isScene() || format() == QLatin1String("vtp") || format() == QLatin1String("ply");
}

void OutputDialog::setFormats(const QStringList& suffixes) {
  const QString before = format();
  const QSignalBlocker quiet(m_format);
  m_format->clear();
  for (const QString& suffix : suffixes) m_format->addItem(formatName(suffix), suffix);
  m_format->setCurrentIndex(std::max(0, m_format->findData(before)));
}

void OutputDialog::changed() {
  m_form->setApplies(isPicture(), format() == QLatin1String("png"));
  m_form->themeBox()->setEnabled(isPicture() || isScene());
  enableControls();
  if (const views::PagePainter paint = painter())
    m_preview->setFigure(page(), paint);
  else
    m_preview->setNote(tr("A mesh or numbers: there is no picture of it."));
  m_file.clear();
  showCommand();
}

void OutputDialog::showCommand() {
  m_command->setText(commandFor(m_source, m_file.isEmpty() ? baseName() + '.' + format() : m_file));
  m_command->setCursorPosition(0);
}

void OutputDialog::chooseFile() {
  QSettings settings;
  const QString home = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
  const QString folder = settings.value(QStringLiteral("exportFolder"), home).toString();
  QString file =
      QFileDialog::getSaveFileName(this, tr("Save"), folder + '/' + baseName() + '.' + format(),
                                   QStringLiteral("%1 (*.%2)").arg(formatName(format()), format()));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += '.' + format();
  settings.setValue(QStringLiteral("exportFolder"), QFileInfo(file).absolutePath());
  writeTo(file);
}

QString OutputDialog::writeInWorker(const QString& file, const Writer& writer, const Job& job) {
  try {
    const std::string bytes = writer(file);
    Stage expected = Stage::Drawing;
    if (job->compare_exchange_strong(expected, Stage::Writing))
      writeFileAtomically(file.toStdString(), bytes);
    return {};
  } catch (const std::exception& error) {
    return QString::fromUtf8(error.what());
  }
}

void OutputDialog::writeTo(const QString& file) {
  if (isWriting()) return;
  m_job = std::make_shared<std::atomic<Stage>>(Stage::Drawing);
  setBusy(true);
  m_status->setText(tr("Writing…"));
  auto* watcher = new QFutureWatcher<QString>(this);
  connect(watcher, &QFutureWatcher<QString>::finished, this, [this, watcher, file, job = m_job] {
    watcher->deleteLater();
    if (job == m_job) finish(file, watcher->result());  // else it was given up
  });
  watcher->setFuture(QtConcurrent::run(writeInWorker, file, writer(), m_job));
}

void OutputDialog::finish(const QString& file, const QString& problem) {
  m_job.reset();
  setBusy(false);
  m_status->setText(problem.isEmpty() ? tr("Saved as %1").arg(QDir::toNativeSeparators(file)) : problem);
  if (!problem.isEmpty()) return emit failed(problem);
  m_file = file;
  showCommand();
  emit exported(file);
}

bool OutputDialog::giveUp() {
  Stage expected = Stage::Drawing;
  return m_job && m_job->compare_exchange_strong(expected, Stage::Cancelled);
}

void OutputDialog::cancel() {
  if (!giveUp()) return;
  m_job.reset();
  setBusy(false);
  m_status->setText(tr("Cancelled. Nothing was written."));
  emit cancelled();
}

void OutputDialog::reject() {
  cancel();
  QDialog::reject();
}

void OutputDialog::setBusy(bool busy) {
  m_form->setEnabled(!busy);
  m_save->setEnabled(!busy);
  m_close->setText(busy ? tr("Cancel") : tr("Close"));
}

}  // namespace monge
