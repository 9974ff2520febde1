// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tessellation_view.h"

#include <QFontInfo>
#include <algorithm>
#include <cmath>

#include "views/cell_facts.h"
#include "views/hover_card.h"
#include "views/kept_layers.h"
#include "views/numbers.h"
#include "views/tessellation_layers.h"

namespace monge::views {
namespace {

constexpr qint64 kAnswerTime = 1000;  ///< milliseconds a dropped prototype waits for the run

bool covers(const Box2& outer, const Box2& inner) {
  return outer.xMin <= inner.xMin && outer.yMin <= inner.yMin && outer.xMax >= inner.xMax &&
         outer.yMax >= inner.yMax;
}

Box2 grown(const Box2& box, double share) {
  const double dx = share * box.width(), dy = share * box.height();
  return {box.xMin - dx, box.yMin - dy, box.xMax + dx, box.yMax + dy};
}

/// Share of the shown points that each prototype owns; what the run said where only it can tell.
std::vector<double> massesAround(const EnsembleSnapshot& snapshot, const DataViewPtr& data) {
  const RowsF& sites = snapshot.prototypes;
  if (!data || data->points.rows() == 0 || data->points.cols() != sites.cols() || !snapshot.law.isPointwise())
    return snapshot.masses;
  std::vector<double> masses(static_cast<std::size_t>(sites.rows()), 0);
  const double share = 1.0 / static_cast<double>(data->points.rows());
  for (Eigen::Index i = 0; i < data->points.rows(); ++i) {
    const int label = i < data->labels.size() ? data->labels[i] : -1;
    const int owner = snapshot.law.owner(sites, data->points.row(i).data(), label);
    if (owner >= 0) masses[static_cast<std::size_t>(owner)] += share;
  }
  return masses;
}

/// Whether an answer to one is an answer to the other, but for the box.
bool sameCells(const CellQuestion& a, const CellQuestion& b) {
  return a.law == b.law && a.sites.rows() == b.sites.rows() && a.sites.cols() == b.sites.cols() &&
         a.sites == b.sites && (!a.law.usesLabels() || a.data == b.data);
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

/// Bent cells are made for the pixels there are: farther in they are asked for anew.
std::shared_ptr<const CellComplex> TessellationView::cellsOf(const SnapshotPtr& snapshot) {
  const RowsF& sites = snapshot->prototypes;
  if (sites.rows() == 0 || sites.cols() != 2 || !sites.allFinite() || !snapshot->law.isPointwise())
    return nullptr;
  CellQuestion question{snapshot->law, sites, m_scene.data, {}, 0};
  const bool straight = question.law.hasStraightWalls();
  const Box2 seen = visibleBox();
  question.box = grown(seen, straight ? 0.5 : 0.1);
  question.pixels = static_cast<int>(std::lround(1.2 * std::max(width(), height()) * devicePixelRatioF()));
  const double step = question.box.width() / question.pixels;
  const bool fine = straight || m_ownQuestion.box.width() / std::max(m_ownQuestion.pixels, 1) <= 1.01 * step;
  const bool known =
      m_ownCells && sameCells(m_ownQuestion, question) && covers(m_ownCells->box, seen) && fine;
  const bool asked =
      sameCells(m_asked, question) && m_asked.box == question.box && m_asked.pixels == question.pixels;
  if (!known && !asked) {
    m_asked = question;
    if (const auto cells = m_cellsFor(question)) {
      m_ownCells = cells;
      m_ownQuestion = question;
      m_asked = {};
    }
  }
  const bool fits = m_ownCells && std::ssize(m_ownCells->cells) == sites.rows();
  return fits ? m_ownCells : nullptr;
}

void TessellationView::takeCells(const CellQuestion& question,
                                 const std::shared_ptr<const CellComplex>& cells) {
  m_ownCells = cells;
  m_ownQuestion = question;
  m_asked = {};
  refresh();
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

void TessellationView::setCellFunction(CellFunction cellsFor) {
  m_cellsFor = std::move(cellsFor);
  m_ownCells.reset();
  m_asked = {};
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

void TessellationView::select(int id) {
  if (id == m_selected) return;
  m_selected = id;
  repaintSoon();
  emit selectionChanged(id);
}

void TessellationView::resizeEvent(QResizeEvent*) {
  if (m_followsFit) {
    fit();
  } else {
    setMap(m_map);
  }
}

void TessellationView::leaveEvent(QEvent*) {
  m_isMouseHere = false;
  changeHovered(-1);
}

void TessellationView::setHovered(int id) {
  if (id == m_hovered) return;
  m_hovered = id;
  repaintSoon();
}

void TessellationView::changeHovered(int id) {
  const bool isNews = id != m_hovered;
  m_hovered = id;
  repaintSoon();
  if (isNews) emit hoverChanged(id);
}

void TessellationView::updateHover(const QPointF& point) {
  m_mouse = point;
  m_isMouseHere = true;
  int hovered = -1;
  const bool inside = rect().contains(point.toPoint());
  if (inside && isPlane() && !(m_gesture == Gesture::Pan && m_moved)) {
    const QPointF at = m_map.toData(point, QRectF(rect()));
    const int row = cellAt(m_shown, at.x(), at.y());
    const auto& ids = m_shown.snapshot->ids;
    if (row >= 0 && row < static_cast<int>(ids.size())) hovered = ids[static_cast<std::size_t>(row)];
    if (m_gesture == Gesture::Drag) hovered = m_override->id;
  }
  if (m_gesture != Gesture::None && m_moved) {
    setCursor(Qt::ClosedHandCursor);
  } else {
    setCursor(prototypeAt(point) < 0 ? Qt::ArrowCursor
              : m_editable           ? Qt::OpenHandCursor
                                     : Qt::PointingHandCursor);
  }
  changeHovered(hovered);
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

void TessellationView::paintHoverCard(QPainter& painter) {
  if (m_hovered < 0 || !m_isMouseHere || !m_shown.snapshot) return;
  const QStringList lines = generatorFacts(*m_shown.snapshot, m_hovered);
  if (lines.isEmpty()) return;
  const QSizeF size = textCardSize(font(), lines);
  const QRectF card = cardPlace(m_mouse, size, QRectF(rect()));
  paintTextCard(painter, card, lines, font(), m_theme);
}

}  // namespace monge::views
