// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QFutureWatcher>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QtConcurrent>
#include <cmath>

#include "app/window/layers_panel.h"
#include "app/window/panel_parts.h"
#include "app/window/render_scene.h"
#include "core/base/error.h"

namespace monge {

namespace {

constexpr double kMmPerInch = 25.4, kPointsPerMm = 72 / 25.4;

QString writeInWorker(const QString& file, views::Scene scene, const views::FigureSpec& spec) {
  try {
    addFigureCells(scene, spec);
    views::writeFigure(file, scene, spec);
    return {};
  } catch (const std::exception& error) {
    return QString::fromUtf8(error.what());
  }
}

QDoubleSpinBox* numberBox(double low, double high, double value, const QString& name) {
  auto* box = new QDoubleSpinBox;
  box->setRange(low, high);
  box->setDecimals(0);
  box->setValue(value);
  box->setAccessibleName(name);
  box->setButtonSymbols(QAbstractSpinBox::NoButtons);
  box->setFixedWidth(72);
  return box;
}

QString viewName(const QString& view) {
  if (view == QLatin1String("tessellation")) return ExportDialog::tr("Tessellation");
  if (view == QLatin1String("samples")) return ExportDialog::tr("Samples");
  if (view == QLatin1String("metrics")) return ExportDialog::tr("Metrics");
  return view;
}

}  // namespace

FigurePreview::FigurePreview(views::Scene scene, QWidget* parent)
    : QWidget(parent), m_scene(std::move(scene)) {
  setMinimumSize(420, 340);
  setAccessibleName(tr("Preview of the figure"));
}

void FigurePreview::setSpec(const views::FigureSpec& spec) {
  m_spec = spec;
  addFigureCells(m_scene, m_spec);
  update();
}

void FigurePreview::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QSizeF points = m_spec.sizeMm * kPointsPerMm;
  const double scale = std::min((width() - 24) / points.width(), (height() - 24) / points.height());
  const QSizeF shown = points * scale;
  painter.translate((width() - shown.width()) / 2, (height() - shown.height()) / 2);
  // What is transparent in the figure is drawn as a chequer, as image editors do.
  if (m_spec.transparent) {
    painter.fillRect(QRectF({}, shown), Qt::white);
    painter.fillRect(QRectF({}, shown), QBrush(QColor(0, 0, 0, 40), Qt::Dense4Pattern));
  }
  painter.scale(scale, scale);
  painter.setClipRect(QRectF({}, points));
  views::paintFigure(painter, QRectF({}, points), m_scene, m_spec);
}

ExportDialog::ExportDialog(views::Scene scene, const views::FigureSpec& spec, QWidget* parent)
    : QDialog(parent), m_scene(scene), m_start(spec), m_preview(new FigurePreview(std::move(scene))) {
  setWindowTitle(tr("Export figure"));
  setModal(false);
  auto* row = new QHBoxLayout(this);
  row->setSpacing(16);
  row->addWidget(m_preview, 1);
  row->addWidget(makeControls());
  changed();
}

QWidget* ExportDialog::makeControls() {
  auto* panel = new QWidget;
  panel->setFixedWidth(280);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  auto* form = new QFormLayout;
  form->setVerticalSpacing(8);
  m_view = new QComboBox;
  for (const QString& view : views::figureViews()) m_view->addItem(viewName(view), view);
  m_view->setCurrentIndex(std::max(0, m_view->findData(m_start.view)));
  m_theme = new QComboBox;
  m_theme->addItem(tr("Figure, on white"), static_cast<int>(views::Theme::Figure));
  m_theme->addItem(tr("Light"), static_cast<int>(views::Theme::Light));
  m_theme->addItem(tr("Dark"), static_cast<int>(views::Theme::Dark));
  m_dpi = numberBox(30, 1200, m_start.dpi, tr("Dots per inch"));
  m_font = numberBox(4, 24, m_start.fontPt, tr("Text size in points"));
  m_transparent = new QCheckBox(tr("Transparent background"));
  m_axes = new QCheckBox(tr("Axes"));
  m_axes->setChecked(m_start.axes);
  m_pixels = mutedLabel();
  form->addRow(tr("View"), m_view);
  form->addRow(tr("Size"), makeSizeRow());
  form->addRow(tr("DPI"), m_dpi);
  form->addRow(QString(), m_pixels);
  form->addRow(tr("Text, pt"), m_font);
  form->addRow(tr("Theme"), m_theme);
  form->addRow(QString(), m_transparent);
  form->addRow(QString(), m_axes);
  column->addLayout(form);
  column->addWidget(makeLayers());
  column->addStretch(1);
  m_status = mutedLabel();
  m_status->setWordWrap(true);
  m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_save = new QPushButton(tr("Save figure…"));
  m_save->setProperty("primary", true);
  m_save->setDefault(true);
  column->addWidget(m_status);
  column->addWidget(m_save);
  connect(m_save, &QPushButton::clicked, this, &ExportDialog::chooseFile);
  for (QComboBox* combo : {m_view, m_theme})
    connect(combo, &QComboBox::currentIndexChanged, this, &ExportDialog::changed);
  for (QDoubleSpinBox* box : {m_width, m_height, m_dpi, m_font}) {
    connect(box, &QDoubleSpinBox::valueChanged, this, &ExportDialog::changed);
  }
  for (QCheckBox* box : {m_transparent, m_axes})
    connect(box, &QCheckBox::toggled, this, &ExportDialog::changed);
  return panel;
}

QWidget* ExportDialog::makeSizeRow() {
  auto* box = new QWidget;
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  m_width = numberBox(10, 2000, m_start.sizeMm.width(), tr("Width"));
  m_height = numberBox(10, 2000, m_start.sizeMm.height(), tr("Height"));
  m_width->setFixedWidth(58);
  m_height->setFixedWidth(58);
  m_unit = new QComboBox;
  m_unit->addItems({tr("mm"), tr("px")});
  m_unit->setAccessibleName(tr("Unit of the size"));
  row->addWidget(m_width);
  row->addWidget(new QLabel(QStringLiteral("×")));
  row->addWidget(m_height);
  row->addWidget(m_unit, 1);
  connect(m_unit, &QComboBox::currentIndexChanged, this, &ExportDialog::unitChanged);
  return box;
}

QWidget* ExportDialog::makeLayers() {
  auto* box = new QWidget;
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 8, 0, 0);
  grid->addWidget(sectionHead(tr("Layers")), 0, 0, 1, 2);
  for (int i = 0; i < views::kLayerCount; ++i) {
    const auto layer = static_cast<views::Layer>(i);
    auto* check = new QCheckBox(layerName(layer));
    check->setChecked(m_start.layers.has(layer));
    connect(check, &QCheckBox::toggled, this, &ExportDialog::changed);
    m_layers[static_cast<std::size_t>(i)] = check;
    grid->addWidget(check, 1 + i / 2, i % 2);
  }
  return box;
}

void ExportDialog::unitChanged() {
  const QSizeF mm = sizeMm();
  m_millimetres = m_unit->currentIndex() == 0;
  const double factor = m_millimetres ? 1 : m_dpi->value() / kMmPerInch;
  for (QDoubleSpinBox* box : {m_width, m_height}) box->setRange(10 * factor, 2000 * factor);
  m_width->setValue(mm.width() * factor);
  m_height->setValue(mm.height() * factor);
  changed();
}

QSizeF ExportDialog::sizeMm() const {
  const QSizeF size(m_width->value(), m_height->value());
  return m_millimetres ? size : size * (kMmPerInch / m_dpi->value());
}

views::FigureSpec ExportDialog::spec() const {
  views::FigureSpec spec = m_start;
  spec.view = m_view->currentData().toString();
  spec.sizeMm = sizeMm();
  spec.dpi = m_dpi->value();
  spec.fontPt = m_font->value();
  spec.theme = static_cast<views::Theme>(m_theme->currentData().toInt());
  spec.transparent = m_transparent->isChecked();
  spec.axes = m_axes->isChecked();
  for (int i = 0; i < views::kLayerCount; ++i) {
    spec.layers.set(static_cast<views::Layer>(i), m_layers[static_cast<std::size_t>(i)]->isChecked());
  }
  return spec;
}

void ExportDialog::changed() {
  const views::FigureSpec now = spec();
  m_preview->setSpec(now);
  const QSizeF pixels = now.sizeMm * (now.dpi / kMmPerInch);
  m_pixels->setText(
      tr("%1 × %2 pixels as PNG").arg(std::lround(pixels.width())).arg(std::lround(pixels.height())));
  const bool plane = now.view == QLatin1String("tessellation");
  for (QCheckBox* box : m_layers) box->setEnabled(plane);
  m_axes->setEnabled(plane);
}

void ExportDialog::chooseFile() {
  QSettings settings;
  const QString home = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
  const QString folder = settings.value(QStringLiteral("exportFolder"), home).toString();
  QString file = QFileDialog::getSaveFileName(this, tr("Save figure"),
                                              folder + '/' + spec().view + QStringLiteral(".pdf"),
                                              tr("Figures (*.pdf *.svg *.png)"));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".pdf");
  settings.setValue(QStringLiteral("exportFolder"), QFileInfo(file).absolutePath());
  writeTo(file);
}

void ExportDialog::writeTo(const QString& file) {
  m_save->setEnabled(false);
  m_status->setText(tr("Writing…"));
  auto* watcher = new QFutureWatcher<QString>(this);
  connect(watcher, &QFutureWatcher<QString>::finished, this, [this, watcher, file] {
    watcher->deleteLater();
    m_save->setEnabled(true);
    const QString problem = watcher->result();
    m_status->setText(problem.isEmpty() ? tr("Saved as %1").arg(QDir::toNativeSeparators(file)) : problem);
    if (problem.isEmpty()) {
      emit exported(file);
    } else {
      emit failed(problem);
    }
  });
  watcher->setFuture(QtConcurrent::run(writeInWorker, file, m_scene, spec()));
}

}  // namespace monge
