// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tessellation_view.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFontInfo>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QUrl>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "views/hover_card.h"
#include "views/kept_layers.h"
#include "views/numbers.h"
#include "views/tessellation_layers.h"

namespace monge::views {
namespace {

constexpr double kGrab = 12;          ///< pixels around a prototype that take hold of it
constexpr double kClickSlack = 4;     ///< pixels the mouse may move in a click
constexpr int kFrameTime = 30;        ///< milliseconds between repaints, at least
constexpr qint64 kAnswerTime = 1000;  ///< milliseconds a dropped prototype waits for the run

bool covers(const Box2& outer, const Box2& inner) {
  return outer.xMin <= inner.xMin && outer.yMin <= inner.yMin && outer.xMax >= inner.xMax &&
         outer.yMax >= inner.yMax;
}

Box2 grown(const Box2& box, double share) {
  const double dx = share * box.width(), dy = share * box.height();
  return {box.xMin - dx, box.yMin - dy, box.xMax + dx, box.yMax + dy};
}

/// Share of the shown points that is nearest to each prototype; what the run said where there are none.
std::vector<double> massesAround(const EnsembleSnapshot& snapshot, const DataViewPtr& data) {
  const RowsF& sites = snapshot.prototypes;
  if (!data || data->points.rows() == 0 || data->points.cols() != sites.cols()) return snapshot.masses;
  std::vector<double> masses(static_cast<std::size_t>(sites.rows()), 0);
  const double share = 1.0 / static_cast<double>(data->points.rows());
  for (const auto point : data->points.rowwise()) {
    Eigen::Index nearest = 0;
    (sites.rowwise() - point).rowwise().squaredNorm().minCoeff(&nearest);
    masses[static_cast<std::size_t>(nearest)] += share;
  }
  return masses;
}

}  // namespace

TessellationView::TessellationView(QWidget* parent)
    : QWidget(parent), m_kept(std::make_unique<KeptLayers>()) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAcceptDrops(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(160, 120);
  for (QTimer* timer : {&m_repaint, &m_nextMove}) timer->setSingleShot(true);
  connect(&m_repaint, &QTimer::timeout, this, qOverload<>(&QWidget::update));
  connect(&m_nextMove, &QTimer::timeout, this, [this] {
    if (m_gesture == Gesture::Drag && m_moveWaits) showMove();
  });
  setAccessibleName(tr("Tessellation"));
  setAccessibleDescription(
      tr("Data, generated samples and the cell of each generator. Drag a prototype to move it, double "
         "click to add one, Delete removes the selected one, arrow keys move it."));
}

TessellationView::~TessellationView() = default;

void TessellationView::setScene(const Scene& scene) {
  const bool newData = scene.data != m_scene.data;
  const bool first = !m_scene.snapshot && scene.snapshot;
  m_scene = scene;
  if (newData) m_followsFit = true;
  settleOverride();
  if (newData || (first && m_followsFit)) fit();
  refresh();
}

/// A dropped prototype stays where it was put until the run's own is nearer to that place than to where it
/// came from.
void TessellationView::settleOverride() {
  if (!m_override) return;
  const int row = m_scene.snapshot ? rowOfGenerator(*m_scene.snapshot, m_override->id) : -1;
  if (row < 0) {
    m_override.reset();
    if (m_gesture == Gesture::Drag) m_gesture = Gesture::None;
    return;
  }
  if (!m_override->dropped) return;
  const RowsF& prototypes = m_scene.snapshot->prototypes;
  const QPointF now(prototypes(row, 0), prototypes(row, 1));
  const QPointF toDrop = now - m_override->at, toOld = now - m_override->from;
  const bool arrived = QPointF::dotProduct(toDrop, toDrop) <= QPointF::dotProduct(toOld, toOld);
  if (arrived || m_override->sinceDrop.elapsed() > kAnswerTime) m_override.reset();
}

/// Builds what is painted from the scene, the override and the visible box, and asks for a repaint.
void TessellationView::refresh() {
  m_shown = m_scene;
  if (m_override && m_scene.snapshot) {
    auto moved = std::make_shared<EnsembleSnapshot>(*m_scene.snapshot);
    const int row = rowOfGenerator(*moved, m_override->id);
    moved->prototypes(row, 0) = static_cast<float>(m_override->at.x());
    moved->prototypes(row, 1) = static_cast<float>(m_override->at.y());
    moved->masses = massesAround(*moved, m_scene.data);  // the run's own come after the drop
    m_shown.snapshot = moved;
  }
  const bool fits = m_shown.cells && !m_override && covers(m_shown.cells->box, visibleBox());
  if (!fits && m_cellsFor && isPlane() && m_shown.snapshot) m_shown.cells = cellsOf(m_shown.snapshot);
  if (m_selected >= 0 && m_shown.snapshot && rowOfGenerator(*m_shown.snapshot, m_selected) < 0) select(-1);
  repaintSoon();
}

std::shared_ptr<const CellComplex> TessellationView::cellsOf(const SnapshotPtr& snapshot) {
  const RowsF& sites = snapshot->prototypes;
  if (sites.rows() == 0 || sites.cols() != 2 || !sites.allFinite()) return nullptr;
  const bool known = m_ownCells && m_ownCellsSites.rows() == sites.rows() && m_ownCellsSites == sites &&
                     covers(m_ownCells->box, visibleBox());
  if (!known) {
    m_ownCells = m_cellsFor(sites, grown(visibleBox(), 0.5));
    m_ownCellsSites = sites;
  }
  return m_ownCells;
}

/// At most at the rate of the display: the mouse moves oftener than that, and the run shows itself besides.
void TessellationView::repaintSoon() {
  const qint64 wait = m_sincePaint.isValid() ? kFrameTime - m_sincePaint.elapsed() : 0;
  if (wait <= 0) {
    update();
  } else if (!m_repaint.isActive()) {
    m_repaint.start(static_cast<int>(wait));
  }
}

void TessellationView::setTheme(Theme theme) {
  m_theme = theme;
  repaintSoon();
}

void TessellationView::setLayers(const LayerSet& layers) {
  m_layers = layers;
  repaintSoon();
}

LayerSet TessellationView::layers() const {
  return m_layers;
}

void TessellationView::setSelected(int id) {
  m_selected = id;
  repaintSoon();
}

void TessellationView::setCellFunction(
    std::function<std::shared_ptr<const CellComplex>(const RowsF& sites, const Box2& box)> cellsFor) {
  m_cellsFor = std::move(cellsFor);
  m_ownCells.reset();
  refresh();
}

void TessellationView::setEditable(bool editable) {
  if (!editable) cancelDrag();
  m_editable = editable;
}

void TessellationView::fit() {
  m_followsFit = true;
  setMap(PlaneMap::fitted(initialBox(m_scene), QRectF(rect())));
}

Box2 TessellationView::visibleBox() const {
  return m_map.visible(QRectF(rect()));
}
const Scene& TessellationView::scene() const {
  return m_scene;
}
const Scene& TessellationView::shown() const {
  return m_shown;
}
const PlaneMap& TessellationView::planeMap() const {
  return m_map;
}

TessellationStyle TessellationView::figureStyle() const {
  TessellationStyle style;
  style.theme = m_theme;
  style.layers = m_layers;
  style.selected = m_selected;
  style.textSize = QFontInfo(font()).pixelSize();
  return style;
}

void TessellationView::setMap(const PlaneMap& map) {
  m_map = map.bounded();
  refresh();
  emit visibleBoxChanged(visibleBox());
}

void TessellationView::zoomAt(const QPointF& point, double factor) {
  m_followsFit = false;
  setMap(m_map.zoomedAt(point, factor, QRectF(rect())));
}

bool TessellationView::isPlane() const {
  return m_scene.snapshot && m_scene.snapshot->prototypes.cols() == 2 && !m_scene.snapshot->image.isImage();
}

int TessellationView::prototypeAt(const QPointF& point) const {
  if (!isPlane() || !m_layers.has(Layer::Prototypes)) return -1;
  const EnsembleSnapshot& snapshot = *m_shown.snapshot;
  int nearest = -1;
  double least = kGrab;
  for (int j = 0; j < snapshot.prototypes.rows(); ++j) {
    const QPointF center =
        m_map.toTarget(snapshot.prototypes(j, 0), snapshot.prototypes(j, 1), QRectF(rect()));
    const double distance = std::hypot(center.x() - point.x(), center.y() - point.y());
    if (distance <= least) {
      least = distance;
      nearest = snapshot.ids[static_cast<std::size_t>(j)];
    }
  }
  return nearest;
}

QPointF TessellationView::prototypePosition(int id) const {
  const int row = rowOfGenerator(*m_shown.snapshot, id);
  return {m_shown.snapshot->prototypes(row, 0), m_shown.snapshot->prototypes(row, 1)};
}

void TessellationView::select(int id) {
  if (id == m_selected) return;
  m_selected = id;
  repaintSoon();
  emit selectionChanged(id);
}

void TessellationView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) return;
  m_pressedAt = event->position();
  m_pressedMap = m_map;
  m_moved = false;
  const int id = event->button() == Qt::LeftButton ? prototypeAt(event->position()) : -1;
  m_gesture = Gesture::Pan;
  if (id >= 0) {
    select(id);
    if (m_editable) {
      m_gesture = Gesture::Drag;
      const QPointF from = prototypePosition(id);
      m_override = Override{id, from, from, false, {}};
    }
  }
}

void TessellationView::mouseMoveEvent(QMouseEvent* event) {
  m_mouse = event->position();
  const QPointF offset = m_mouse - m_pressedAt;
  if (m_gesture != Gesture::None && std::hypot(offset.x(), offset.y()) >= kClickSlack) m_moved = true;
  if (m_gesture == Gesture::Drag && m_moved) {
    movePrototypeTo(m_mouse);
  } else if (m_gesture == Gesture::Pan && m_moved && m_scene.data && !m_scene.data->image.isImage()) {
    m_followsFit = false;
    setMap(m_pressedMap.panned(offset));
  }
  updateHover(m_mouse);
}

void TessellationView::movePrototypeTo(const QPointF& point) {
  const QRectF target(rect());
  const QPointF grabbed = m_map.toTarget(m_override->from.x(), m_override->from.y(), target) - m_pressedAt;
  m_override->at = m_map.toData(point + grabbed, target);
  m_moveWaits = true;
  if (!m_nextMove.isActive()) showMove();
}

/// Cells and masses of a moved prototype, once a frame.
void TessellationView::showMove() {
  m_moveWaits = false;
  m_nextMove.start(kFrameTime);
  refresh();
  emit prototypeDragged(m_override->id, m_override->at.x(), m_override->at.y());
}

void TessellationView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_gesture == Gesture::None) return;
  if (m_gesture == Gesture::Drag) {
    finishDrag();
  } else if (!m_moved && event->button() == Qt::LeftButton && isPlane() &&
             prototypeAt(event->position()) < 0) {
    const QPointF at = m_map.toData(event->position(), QRectF(rect()));
    const int row = cellAt(m_shown, at.x(), at.y());
    const auto& ids = m_shown.snapshot->ids;
    const int id = row >= 0 && row < static_cast<int>(ids.size()) ? ids[static_cast<std::size_t>(row)] : -1;
    select(id == m_selected ? -1 : id);
  }
  m_gesture = Gesture::None;
  updateHover(event->position());
}

void TessellationView::finishDrag() {
  if (!m_moved) {
    m_override.reset();
    return;
  }
  if (m_moveWaits) showMove();
  m_override->dropped = true;
  m_override->sinceDrop.start();
  const Override done = *m_override;  // a slot may set a scene, which settles the override
  emit prototypeMoved(done.id, done.at.x(), done.at.y(), done.from.x(), done.from.y());
}

void TessellationView::cancelDrag() {
  if (m_gesture != Gesture::Drag) return;
  const Override dropped = *m_override;
  m_override.reset();
  m_gesture = Gesture::None;
  refresh();
  if (m_moved) emit prototypeDragged(dropped.id, dropped.from.x(), dropped.from.y());
}

void TessellationView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_editable || !isPlane() || prototypeAt(event->position()) >= 0)
    return;
  const QPointF at = m_map.toData(event->position(), QRectF(rect()));
  emit prototypeAdded(at.x(), at.y());
}

void TessellationView::wheelEvent(QWheelEvent* event) {
  if (m_scene.data && m_scene.data->image.isImage()) return;
  // 120 units are one notch of a mouse wheel: a fifth larger or smaller.
  zoomAt(event->position(), std::pow(1.2, event->angleDelta().y() / 120.0));
  event->accept();
}

bool TessellationView::event(QEvent* event) {
  if (event->type() == QEvent::NativeGesture) {
    auto* gesture = static_cast<QNativeGestureEvent*>(event);
    if (gesture->gestureType() == Qt::ZoomNativeGesture) {
      zoomAt(gesture->position(), 1 + gesture->value());
      return true;
    }
  }
  return QWidget::event(event);
}

void TessellationView::keyPressEvent(QKeyEvent* event) {
  constexpr double step = 8;
  switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      if (m_editable && m_selected >= 0 && isPlane()) emit prototypeDeleted(m_selected);
      return;
    case Qt::Key_F:
      return fit();
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomAt(QRectF(rect()).center(), 1.2);
    case Qt::Key_Minus:
      return zoomAt(QRectF(rect()).center(), 1 / 1.2);
    case Qt::Key_Left:
      return nudgeSelected({-step, 0});
    case Qt::Key_Right:
      return nudgeSelected({step, 0});
    case Qt::Key_Up:
      return nudgeSelected({0, -step});
    case Qt::Key_Down:
      return nudgeSelected({0, step});
    case Qt::Key_Escape:
      return m_gesture == Gesture::Drag ? cancelDrag() : select(-1);
    default:
      QWidget::keyPressEvent(event);
  }
}

void TessellationView::nudgeSelected(const QPointF& pixels) {
  if (!m_editable || m_selected < 0 || !isPlane() || m_gesture == Gesture::Drag) return;
  const QPointF from = prototypePosition(m_selected);
  const QPointF at = from + QPointF(pixels.x(), -pixels.y()) / m_map.scale;
  m_override = Override{m_selected, from, at, true, {}};
  m_override->sinceDrop.start();
  refresh();
  emit prototypeMoved(m_selected, at.x(), at.y(), from.x(), from.y());
}

void TessellationView::resizeEvent(QResizeEvent*) {
  if (m_followsFit) {
    fit();
  } else {
    setMap(m_map);
  }
}

void TessellationView::leaveEvent(QEvent*) {
  m_hovered = -1;
  repaintSoon();
}

void TessellationView::updateHover(const QPointF& point) {
  m_mouse = point;
  m_hovered = -1;
  const bool inside = rect().contains(point.toPoint());
  if (inside && isPlane() && !(m_gesture == Gesture::Pan && m_moved)) {
    const QPointF at = m_map.toData(point, QRectF(rect()));
    const int row = cellAt(m_shown, at.x(), at.y());
    const auto& ids = m_shown.snapshot->ids;
    if (row >= 0 && row < static_cast<int>(ids.size())) m_hovered = ids[static_cast<std::size_t>(row)];
    if (m_gesture == Gesture::Drag) m_hovered = m_override->id;
  }
  if (m_gesture != Gesture::None && m_moved) {
    setCursor(Qt::ClosedHandCursor);
  } else {
    setCursor(prototypeAt(point) < 0 ? Qt::ArrowCursor
              : m_editable           ? Qt::OpenHandCursor
                                     : Qt::PointingHandCursor);
  }
  repaintSoon();
}

void TessellationView::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (std::any_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); }))
    event->acceptProposedAction();
}

void TessellationView::dropEvent(QDropEvent* event) {
  QStringList files;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) files << url.toLocalFile();
  }
  if (files.isEmpty()) return;
  event->acceptProposedAction();
  emit filesDropped(files);
}

void TessellationView::paintEvent(QPaintEvent*) {
  m_sincePaint.start();
  QPainter painter(this);
  if (!m_shown.data && !m_shown.snapshot) return paintEmptyState(painter);
  TessellationStyle style = figureStyle();
  style.hovered = m_hovered;
  const bool isImage = m_shown.data && m_shown.data->image.isImage();
  if (!isImage) m_kept->update(m_shown, QRectF(rect()), m_map, style, font(), devicePixelRatioF());
  paintLayers(LayerContext{painter, QRectF(rect()), m_shown, m_map, style, m_kept.get()});
  paintHoverCard(painter);
}

void TessellationView::paintEmptyState(QPainter& painter) {
  painter.fillRect(rect(), colors(m_theme).canvas);
  painter.setPen(colors(m_theme).muted);
  painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                   tr("Drop a CSV, NPY or IDX file here, or start with a preset."));
}

QStringList TessellationView::hoverLines() const {
  const EnsembleSnapshot& snapshot = *m_shown.snapshot;
  const int row = rowOfGenerator(snapshot, m_hovered);
  if (row < 0) return {};
  const auto index = static_cast<std::size_t>(row);
  QStringList lines{tr("Cell %1").arg(m_hovered + 1)};
  if (index < snapshot.masses.size()) lines << tr("mass %1").arg(fixedText(snapshot.masses[index], 3));
  if (index < snapshot.inside.size())
    lines << tr("%1 of samples inside").arg(percentText(snapshot.inside[index]));
  lines << tr("prototype (%1, %2)")
               .arg(fixedText(snapshot.prototypes(row, 0), 3), fixedText(snapshot.prototypes(row, 1), 3));
  return lines;
}

void TessellationView::paintHoverCard(QPainter& painter) {
  if (m_hovered < 0 || !m_shown.snapshot) return;
  const QStringList lines = hoverLines();
  if (lines.isEmpty()) return;
  const QSizeF size = textCardSize(font(), lines);
  const QRectF card = cardPlace(m_mouse, size, QRectF(rect()));
  paintTextCard(painter, card, lines, font(), m_theme);
}

}  // namespace monge::views
