// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/experiment_panel.h"

#include <QComboBox>
#include <QFileInfo>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/window/panel_parts.h"

namespace monge {

namespace {

constexpr QSize kThumbnail(40, 40);
constexpr Eigen::Index kThumbnailPoints = 400;

QImage imageOf(const DataView& data, Eigen::Index row) {
  const ImageShape& shape = data.image;
  QImage image(shape.width, shape.height, QImage::Format_RGB32);
  const float low = data.lower.minCoeff(), high = data.upper.maxCoeff();
  const float factor = high > low ? 255 / (high - low) : 0;
  const int plane = shape.width * shape.height;
  const auto level = [&](int channel, int pixel) {
    const int at = std::min(channel, shape.channels - 1) * plane + pixel;
    return std::clamp(static_cast<int>((data.points(row, at) - low) * factor), 0, 255);
  };
  for (int i = 0; i < plane; ++i) {
    image.setPixel(i % shape.width, i / shape.width, qRgb(level(0, i), level(1, i), level(2, i)));
  }
  return image;
}

void paintImages(QPainter& painter, const QSizeF& size, const DataView& data) {
  const Eigen::Index side = data.points.rows() >= 4 ? 2 : 1;
  const double step = size.width() / static_cast<double>(side);
  for (Eigen::Index i = 0; i < side * side; ++i) {
    const QRectF target(static_cast<double>(i % side) * step, static_cast<double>(i / side) * step, step - 1,
                        step - 1);
    painter.drawImage(target, imageOf(data, i));
  }
}

void paintPoints(QPainter& painter, const QSizeF& size, const DataView& data, const QColor& color) {
  const bool plane = data.points.cols() > 1;
  const double x0 = data.lower(0, 0), y0 = plane ? data.lower(0, 1) : 0;
  const double extent = std::max<double>(data.upper(0, 0) - x0, plane ? data.upper(0, 1) - y0 : 0);
  const double scale = extent > 0 ? (size.width() - 6) / extent : 0;
  const double top = plane ? (data.upper(0, 1) - y0) * scale : 0;
  const double left = (size.width() - (data.upper(0, 0) - x0) * scale) / 2;
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  const Eigen::Index stride = std::max<Eigen::Index>(1, data.points.rows() / kThumbnailPoints);
  for (Eigen::Index i = 0; i < data.points.rows(); i += stride) {
    const double y = plane ? (data.points(i, 1) - y0) * scale : 0;
    painter.drawEllipse(QPointF(left + (data.points(i, 0) - x0) * scale, (size.height() + top) / 2 - y), 0.9,
                        0.9);
  }
}

}  // namespace

QPixmap dataThumbnail(const DataView& data, QSize size, qreal ratio, views::Theme theme) {
  QPixmap pixmap((QSizeF(size) * ratio).toSize());
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  if (data.points.rows() == 0) return pixmap;
  QPainter painter(&pixmap);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  if (data.image.isImage() && data.points.cols() == data.image.size()) {
    paintImages(painter, size, data);
  } else {
    paintPoints(painter, size, data, views::colors(theme).muted);
  }
  return pixmap;
}

ExperimentPanel::ExperimentPanel(QWidget* parent)
    : QWidget(parent), m_presets(new QComboBox), m_methods(new QComboBox), m_thumbnail(new QLabel) {
  m_presets->setObjectName(QStringLiteral("presets"));
  m_presets->setAccessibleName(tr("Experiment"));
  m_methods->setObjectName(QStringLiteral("method"));
  m_methods->setAccessibleName(tr("Method"));
  for (QComboBox* combo : {m_presets, m_methods}) {
    combo->setFocusPolicy(Qt::TabFocus);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  }
  for (const Preset& preset : presets()) {
    m_presets->addItem(QString::fromStdString(preset.experiment.name), QString::fromStdString(preset.name));
    m_presets->setItemData(m_presets->count() - 1, QString::fromStdString(preset.summary), Qt::ToolTipRole);
  }
  for (const MethodSpec& method : methods()) {
    m_methods->addItem(QString::fromStdString(method.title), QString::fromStdString(method.name));
    m_methods->setItemData(m_methods->count() - 1, QString::fromStdString(method.summary), Qt::ToolTipRole);
  }
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addWidget(sectionHead(tr("Experiment")));
  column->addWidget(m_presets);
  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Data")));
  column->addWidget(makeDataCard());
  column->addSpacing(8);
  column->addWidget(sectionHead(tr("Parameters")));
  auto* row = new QHBoxLayout;
  row->addWidget(new QLabel(tr("Method")), 1);
  m_methods->setFixedWidth(112);
  row->addWidget(m_methods);
  column->addLayout(row);
  connect(m_presets, &QComboBox::activated, this, &ExperimentPanel::choosePreset);
  connect(m_methods, &QComboBox::activated, this,
          [this](int index) { emit methodChosen(m_methods->itemData(index).toString()); });
  setData(nullptr);
}

QWidget* ExperimentPanel::makeDataCard() {
  auto* card = new QFrame;
  card->setObjectName(QStringLiteral("dataCard"));
  m_thumbnail->setFixedSize(kThumbnail);
  m_dataName = new ElidedLabel(QStringLiteral("strong"));
  m_dataFacts = new ElidedLabel(QStringLiteral("muted"));
  QFont small = m_dataFacts->font();
  small.setPointSizeF(small.pointSizeF() * 0.88);
  m_dataFacts->setFont(small);
  auto* open = new QPushButton(tr("Open data…"));
  open->setObjectName(QStringLiteral("openData"));
  open->setProperty("role", "flat");
  open->setToolTip(tr("Open a CSV, NPY, NPZ or IDX file (Ctrl+O), or drop one on the window"));
  open->setFocusPolicy(Qt::TabFocus);
  connect(open, &QPushButton::clicked, this, &ExperimentPanel::openDataWanted);
  auto* grid = new QGridLayout(card);
  grid->setContentsMargins(8, 6, 8, 4);
  grid->setHorizontalSpacing(10);
  grid->setVerticalSpacing(1);
  grid->addWidget(m_thumbnail, 0, 0, 2, 1);
  grid->addWidget(m_dataName, 0, 1);
  grid->addWidget(m_dataFacts, 1, 1);
  grid->addWidget(open, 2, 0, 1, 2, Qt::AlignLeft);
  return card;
}

void ExperimentPanel::choosePreset(int index) {
  const std::string name = m_presets->itemData(index).toString().toStdString();
  for (const Preset& preset : presets()) {
    if (preset.name == name) emit presetChosen(preset.experiment);
  }
}

void ExperimentPanel::setExperiment(const Experiment& experiment) {
  const QString name = QString::fromStdString(experiment.name);
  // An experiment that is no preset gets an entry of its own at the top, without data: choosing it does
  // nothing.
  if (m_presets->count() > 0 && !m_presets->itemData(0).isValid()) m_presets->removeItem(0);
  int index = m_presets->findText(name);
  if (index < 0) m_presets->insertItem(index = 0, name);
  m_presets->setCurrentIndex(index);
  m_presets->setToolTip(QString::fromStdString(experiment.caption));
  m_methods->setCurrentIndex(m_methods->findData(QString::fromStdString(experiment.method)));
}

void ExperimentPanel::setData(const DataViewPtr& view) {
  m_data = view;
  if (!view) {
    m_dataName->setFullText(tr("No data yet"));
    m_dataFacts->setFullText(tr("Drop a file here"));
    return;
  }
  m_dataName->setFullText(QString::fromStdString(view->name));
  const QString kind =
      view->image.isImage()
          ? tr("%1 images · %2×%3").arg(grouped(view->rows)).arg(view->image.width).arg(view->image.height)
          : tr("%1 points · %2D").arg(grouped(view->rows)).arg(view->dimension);
  const QString provenance = QString::fromStdString(view->provenance);
  const QString from = QFileInfo(provenance.section(',', 0, 0)).fileName();
  m_dataFacts->setFullText(kind + QStringLiteral(" · ") + from);
  m_dataFacts->setToolTip(provenance);
  showThumbnail();
}

void ExperimentPanel::setTheme(views::Theme theme) {
  m_theme = theme;
  showThumbnail();
}

void ExperimentPanel::showThumbnail() {
  if (m_data) m_thumbnail->setPixmap(dataThumbnail(*m_data, kThumbnail, devicePixelRatioF(), m_theme));
}

}  // namespace monge
