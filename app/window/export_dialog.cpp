// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QFutureWatcher>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <QtConcurrent>

#include "app/window/figure_form.h"
#include "app/window/figure_preview.h"
#include "app/window/layers_panel.h"
#include "app/window/panel_parts.h"
#include "app/window/render_scene.h"

namespace monge {

namespace {

/// What went wrong, empty if nothing did.
QString problemOf(const std::function<void()>& write) {
  try {
    write();
    return {};
  } catch (const std::exception& error) {
    return QString::fromUtf8(error.what());
  }
}

/// Writes the figure; any thread may call it.
std::function<void()> writing(const QString& file, const views::Scene& scene, const views::FigureSpec& spec) {
  if (spec.view == QLatin1String("metrics"))
    return [file, spec, page = views::recordedMetrics(scene.history, spec)] {
      views::writePage(file, spec, page);
    };
  return [file, spec, scene = scene]() mutable {
    addFigureCells(scene, spec);
    views::writeFigure(file, scene, spec);
  };
}

QString viewName(const QString& view) {
  if (view == QLatin1String("tessellation")) return ExportDialog::tr("Tessellation");
  if (view == QLatin1String("samples")) return ExportDialog::tr("Samples");
  if (view == QLatin1String("metrics")) return ExportDialog::tr("Metrics");
  return view;
}

}  // namespace

ExportDialog::ExportDialog(views::Scene scene, const views::FigureSpec& spec, QWidget* parent)
    : QDialog(parent),
      m_scene(std::move(scene)),
      m_start(spec),
      m_preview(new FigurePreview(FigurePreview::Painting::Here)) {
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
  m_view = new QComboBox;
  for (const QString& view : views::figureViews()) m_view->addItem(viewName(view), view);
  m_view->setCurrentIndex(std::max(0, m_view->findData(m_start.view)));
  m_form = new FigureForm(m_start);
  m_form->rows()->insertRow(0, tr("View"), m_view);
  column->addWidget(m_form);
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
  connect(m_view, &QComboBox::currentIndexChanged, this, &ExportDialog::changed);
  connect(m_form, &FigureForm::changed, this, &ExportDialog::changed);
  return panel;
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

views::FigureSpec ExportDialog::spec() const {
  views::FigureSpec spec = m_form->appliedTo(m_start);
  spec.view = m_view->currentData().toString();
  for (int i = 0; i < views::kLayerCount; ++i) {
    spec.layers.set(static_cast<views::Layer>(i), m_layers[static_cast<std::size_t>(i)]->isChecked());
  }
  return spec;
}

void ExportDialog::changed() {
  const views::FigureSpec now = spec();
  addFigureCells(m_scene, now);
  m_preview->setFigure(now, [scene = m_scene, now](QPainter& painter, const QRectF& page) {
    views::paintFigure(painter, page, scene, now);
  });
  const bool plane = now.view == QLatin1String("tessellation");
  for (QCheckBox* box : m_layers) box->setEnabled(plane);
  m_form->axesBox()->setEnabled(plane);
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
  watcher->setFuture(QtConcurrent::run(problemOf, writing(file, m_scene, spec())));
}

}  // namespace monge
