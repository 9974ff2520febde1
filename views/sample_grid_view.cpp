// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/sample_grid_view.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <functional>

#include "views/hover_card.h"
#include "views/images.h"
#include "views/numbers.h"
#include "views/sample_grid_painter.h"

namespace monge::views {
namespace {

constexpr double kMargin = 12, kSmallestSquare = 24, kLargestSquare = 84, kCardImage = 96;

}  // namespace

/// The grid itself, as large as it needs to be.
class SampleGridCanvas : public QWidget {
 public:
  using Tell = std::function<void(int)>;
  SampleGridCanvas(Tell onSelect, Tell onHover)
      : m_onSelect(std::move(onSelect)), m_onHover(std::move(onHover)) {
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
  }

  void setScene(const Scene& scene, const QSize& viewport) {
    m_scene = scene;
    relayout(viewport);
  }

  void relayout(const QSize& viewport) {
    const QSizeF inner(viewport.width() - 2 * kMargin, viewport.height() - 2 * kMargin);
    m_layout = SampleGridLayout::fitted(m_scene, inner, kSmallestSquare, kLargestSquare);
    if (m_layout.images && m_scene.snapshot)
      m_layout.side = crisp(m_layout.side, m_scene.snapshot->image.width);
    m_layout.origin = {kMargin, kMargin};
    const QSizeF size = m_layout.size();
    resize(std::max(viewport.width(), static_cast<int>(std::ceil(size.width() + 2 * kMargin))),
           std::max(viewport.height(), static_cast<int>(std::ceil(size.height() + 2 * kMargin))));
    update();
  }

  void setTheme(Theme theme) {
    m_theme = theme;
    update();
  }
  void setSelected(int id) {
    m_selected = id;
    update();
  }
  void setHovered(int id) {
    if (id == m_hovered) return;
    m_hovered = id;
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), colors(m_theme).canvas);
    paintSampleGrid(painter, QRectF(rect()), m_scene, m_theme, m_layout, m_selected,
                    QFontInfo(font()).pixelSize());
    if (m_hovered != m_selected) paintHoveredRow(painter);
    if (m_hoverRow >= 0 && m_layout.images) paintHover(painter);
  }

  void mouseMoveEvent(QMouseEvent* event) override {
    m_mouse = event->position();
    m_hoverRow = m_hoverColumn = -1;
    for (int row = 0; row < m_layout.rows; ++row) {
      for (int column = 0; column < m_layout.columns; ++column) {
        if (!m_layout.images || !m_layout.cell(row, column).contains(m_mouse)) continue;
        m_hoverRow = row;
        m_hoverColumn = column;
      }
    }
    setCursor(rowAt(m_mouse) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    tellHovered(idAt(m_mouse));
    update();
  }

  void mousePressEvent(QMouseEvent* event) override {
    const int id = idAt(event->position());
    m_onSelect(id == m_selected ? -1 : id);
  }

  void leaveEvent(QEvent*) override {
    m_hoverRow = -1;
    tellHovered(-1);
    update();
  }

 private:
  /// The largest side at which each pixel of the image covers whole pixels of the screen.
  double crisp(double side, int imageWidth) const {
    const double ratio = devicePixelRatioF();
    const double times = std::floor(side * ratio / imageWidth);
    return times >= 1 ? times * imageWidth / ratio : side;
  }

  int rowAt(const QPointF& point) const {
    for (int row = 0; row < m_layout.rows; ++row) {
      if (m_layout.band(row).contains(point) && row < static_cast<int>(m_scene.snapshot->ids.size()))
        return row;
    }
    return -1;
  }

  int idAt(const QPointF& point) const {
    const int row = rowAt(point);
    return row >= 0 ? m_scene.snapshot->ids[static_cast<std::size_t>(row)] : -1;
  }

  void tellHovered(int id) {
    if (id == m_hovered) return;
    m_hovered = id;
    m_onHover(id);
  }

  void paintHoveredRow(QPainter& painter) const {
    if (m_hovered < 0 || !m_scene.snapshot) return;
    const auto& ids = m_scene.snapshot->ids;
    const auto found = std::find(ids.begin(), ids.end(), m_hovered);
    const auto row = static_cast<int>(found - ids.begin());
    if (row >= m_layout.rows) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors(m_theme).muted, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(m_layout.band(row).adjusted(-2, -2, 2, 2), 3, 3);
  }

  Eigen::Index hoverIndex() const {
    return static_cast<Eigen::Index>(m_hoverRow) * m_scene.snapshot->grid.columns + m_hoverColumn;
  }

  /// The sample beside the nearest real image, with their distance.
  void paintHover(QPainter& painter) {
    const SampleGrid& grid = m_scene.snapshot->grid;
    const Eigen::Index at = hoverIndex();
    if (at >= grid.samples.rows()) return;
    const bool known = at < grid.nearest.rows();
    const QFontMetricsF metrics(font());
    const double width = known ? 2 * kCardImage + 36 : kCardImage + 24;
    const QRectF card = cardPlace(m_mouse, QSizeF(width, kCardImage + metrics.height() + 30),
                                  QRectF(visibleRegion().boundingRect()));
    paintCard(painter, card, m_theme);
    const ValueRange range = valueRange(m_scene.data.get());
    const QRectF left(card.topLeft() + QPointF(12, 12), QSizeF(kCardImage, kCardImage));
    const QRectF right = left.translated(kCardImage + 12, 0);
    drawCrisp(painter, left, toImage(grid.samples.row(at).data(), m_scene.snapshot->image, range));
    painter.setPen(colors(m_theme).text);
    painter.drawText(QPointF(left.left(), left.bottom() + 6 + metrics.ascent()),
                     SampleGridView::tr("Sample"));
    if (!known) return;
    drawCrisp(painter, right, toImage(grid.nearest.row(at).data(), m_scene.snapshot->image, range));
    QString caption = SampleGridView::tr("Real");
    const auto index = static_cast<std::size_t>(at);
    if (index < grid.nearestDistance.size()) {
      caption = SampleGridView::tr("Real, at %1")
                    .arg(fixedText(static_cast<double>(grid.nearestDistance[index]), 2));
    }
    painter.drawText(QPointF(right.left(), right.bottom() + 6 + metrics.ascent()), caption);
  }

  Tell m_onSelect, m_onHover;
  Scene m_scene;
  SampleGridLayout m_layout;
  Theme m_theme = Theme::Light;
  QPointF m_mouse;
  int m_selected = -1, m_hovered = -1, m_hoverRow = -1, m_hoverColumn = -1;
};

namespace {

/// Lays the canvas out anew when the visible part changes size.
class SampleGridScroll : public QScrollArea {
 public:
  explicit SampleGridScroll(SampleGridCanvas* canvas) : m_canvas(canvas) {
    setWidget(canvas);
    setFrameShape(QFrame::NoFrame);
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    QScrollArea::resizeEvent(event);
    m_canvas->relayout(viewport()->size());
  }

 private:
  SampleGridCanvas* m_canvas;
};

}  // namespace

SampleGridView::SampleGridView(QWidget* parent) : QWidget(parent) {
  m_canvas = new SampleGridCanvas(
      [this](int id) {
        setSelected(id);
        emit selectionChanged(id);
      },
      [this](int id) { emit hoverChanged(id); });
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(new SampleGridScroll(m_canvas));
  setAccessibleName(tr("Sample grid"));
  setAccessibleDescription(tr("A row per generator: its prototype, then samples of fixed noise."));
}

void SampleGridView::setScene(const Scene& scene) {
  m_canvas->setScene(scene, m_canvas->parentWidget()->size());
}
void SampleGridView::setTheme(Theme theme) {
  m_canvas->setTheme(theme);
}
void SampleGridView::setSelected(int id) {
  m_canvas->setSelected(id);
}
void SampleGridView::setHovered(int id) {
  m_canvas->setHovered(id);
}

}  // namespace monge::views
