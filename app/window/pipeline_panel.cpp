// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/pipeline_panel.h"

#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "app/window/panel_parts.h"

namespace monge {

namespace {

constexpr int kMostShown = 6;
constexpr double kNodeHeight = 24;

struct PhaseWords {
  QString formula;  ///< rich text
  QString caption;
};

/// Source: Ambrogioni, Guclu, van Gerven 2019, sec. 6 and Algorithm 1.
PhaseWords wordsOf(const QString& phase) {
  const auto tr = [](const char* text) { return PipelinePanel::tr(text); };
  if (phase == QLatin1String("sample")) {
    return {QStringLiteral("<i>z</i> ~ <i>N</i>(0, <i>I</i>), &nbsp;<i>x</i> ~ <i>ν</i>"),
            tr("a batch of noise and of data")};
  }
  if (phase == QLatin1String("assign")) {
    return {QStringLiteral("<i>V<sub>j</sub></i> = {<i>x</i> : <i>c</i>(<i>x</i>, <i>y<sub>j</sub></i>) ≤ "
                           "<i>c</i>(<i>x</i>, <i>y<sub>k</sub></i>)}"),
            tr("each point to its nearest prototype, eq. (17)")};
  }
  if (phase == QLatin1String("critic")) {
    return {QStringLiteral("sup<sub><i>f</i></sub> <i>E</i> <i>f</i>(<i>F<sub>j</sub></i>(<i>z</i>)) − "
                           "<i>E</i> <i>f</i>(<i>x</i>) − <i>R</i>"),
            tr("critic step, eq. (27) and (28)")};
  }
  if (phase == QLatin1String("generator")) {
    return {QStringLiteral("inf<sub><i>F</i></sub> <i>E</i> <i>f</i>(<i>F<sub>j</sub></i>(<i>z</i>)) − "
                           "<i>E</i> <i>f</i>(<i>x</i>)"),
            tr("generator step, eq. (27)")};
  }
  if (phase == QLatin1String("prototype")) {
    return {
        QStringLiteral(
            "inf<sub><i>y</i></sub> <i>E</i> <i>c</i>(<i>F<sub>j</sub></i>(<i>z</i>), <i>y<sub>j</sub></i>)"),
        tr("prototype step, eq. (29)")};
  }
  if (phase == QLatin1String("dual")) {
    return {QStringLiteral("sup<sub><i>g</i></sub> <i>E</i> min<sub><i>j</i></sub> "
                           "(<i>c</i>(<i>x</i>, <i>y<sub>j</sub></i>) − <i>g<sub>j</sub></i>) + Σ "
                           "<i>g<sub>j</sub></i> <i>w<sub>j</sub></i>"),
            tr("dual weights that give each cell its mass, eq. (7)")};
  }
  return {QStringLiteral("inf<sub><i>F</i></sub> sup<sub><i>f</i></sub> <i>E</i> "
                         "<i>f</i>(<i>F<sub>j</sub></i>(<i>z</i>)) − <i>E</i> <i>f</i>(<i>x</i>)"),
          tr("the game in each cell, eq. (27)")};
}

}  // namespace

struct PipelineDiagram::Layout {
  QRectF noise, critic, dual, assign, prototypes;
  std::vector<QRectF> generators;
};

PipelineDiagram::PipelineDiagram(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Pipeline: noise, generators, critic, assignment, prototypes"));
}

int PipelineDiagram::shownGenerators() const {
  return std::max(1, std::min(kMostShown, static_cast<int>(m_ids.size())));
}

// More than four stand closer, so that the panels below keep their place.
double PipelineDiagram::rowStep() const {
  return shownGenerators() > 4 ? 22 : 29;
}

QSize PipelineDiagram::sizeHint() const {
  const int rows = shownGenerators() + (static_cast<int>(m_ids.size()) > kMostShown ? 1 : 0);
  return {216, static_cast<int>(rows * rowStep() + 8 + kNodeHeight + 2)};
}

PipelineDiagram::Layout PipelineDiagram::layout() const {
  // Columns as shares of the width, so that a wider panel spreads rather than leaving a hole.
  const double w = width() - 1.0;
  Layout nodes;
  const double noiseWidth = 58, generatorWidth = 56, rightWidth = std::max(70.0, w * 0.32);
  const double middle = (w - rightWidth - noiseWidth - generatorWidth) * 0.42 + noiseWidth;
  const int rows = shownGenerators();
  nodes.noise = QRectF(0.5, 0.5, noiseWidth, kNodeHeight);
  for (int i = 0; i < rows; ++i) {
    nodes.generators.emplace_back(middle, 0.5 + i * rowStep(), generatorWidth, rowStep() - 5);
  }
  const double right = w - rightWidth;
  nodes.critic = QRectF(right, 0.5 + (rows - 1) * rowStep() / 2, rightWidth, kNodeHeight);
  const double bottom = height() - kNodeHeight - 1.5;
  nodes.dual = QRectF(0.5, bottom, noiseWidth, kNodeHeight);
  nodes.assign = QRectF(middle, bottom, generatorWidth, kNodeHeight);
  nodes.prototypes = QRectF(right, bottom, rightWidth, kNodeHeight);
  return nodes;
}

void PipelineDiagram::setGenerators(const std::vector<int>& ids) {
  if (ids == m_ids) return;
  m_ids = ids;
  updateGeometry();
  update();
}

void PipelineDiagram::setPhase(const QString& phase) {
  if (phase == m_phase) return;
  m_phase = phase;
  update();
}

void PipelineDiagram::setFixedMasses(bool fixed) {
  if (fixed == m_fixedMasses) return;
  m_fixedMasses = fixed;
  setAccessibleName(fixed ? tr("Pipeline: noise, generators, critic, dual weights, assignment, prototypes")
                          : tr("Pipeline: noise, generators, critic, assignment, prototypes"));
  update();
}

void PipelineDiagram::setSelected(int id) {
  if (id == m_selected) return;
  m_selected = id;
  update();
}

void PipelineDiagram::setHovered(int id) {
  if (id == m_hovered) return;
  m_hovered = id;
  update();
}

void PipelineDiagram::setTheme(views::Theme theme) {
  m_theme = theme;
  update();
}

bool PipelineDiagram::lit(const char* phase) const {
  return m_phase == QLatin1String(phase);
}

void PipelineDiagram::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Layout nodes = layout();
  paintLinks(painter, nodes);
  paintNode(painter, nodes.noise, tr("noise z"), lit("sample"));
  paintGenerators(painter, nodes);
  paintNode(painter, nodes.critic, tr("critic"), lit("critic"));
  if (m_fixedMasses) paintNode(painter, nodes.dual, tr("dual g"), lit("dual"));
  paintNode(painter, nodes.assign, tr("assign"), lit("assign"));
  paintNode(painter, nodes.prototypes, tr("prototypes"), lit("prototype"));
}

void PipelineDiagram::paintLinks(QPainter& painter, const Layout& nodes) const {
  const views::Colors& c = views::colors(m_theme);
  const auto middleOf = [](const QRectF& box, bool right) {
    return QPointF(right ? box.right() : box.left(), box.center().y());
  };
  for (std::size_t i = 0; i < nodes.generators.size(); ++i) {
    const bool chosen = i < m_ids.size() && m_ids[i] == m_selected;
    const bool pointed = i < m_ids.size() && m_ids[i] == m_hovered;
    painter.setPen(QPen(chosen ? c.accent : pointed ? c.muted : c.line, 1));
    painter.drawLine(middleOf(nodes.noise, true), middleOf(nodes.generators[i], false));
    painter.drawLine(middleOf(nodes.generators[i], true), middleOf(nodes.critic, false));
  }
  painter.setPen(QPen(c.line, 1));
  painter.drawLine(QPointF(nodes.critic.center().x(), nodes.critic.bottom()),
                   QPointF(nodes.prototypes.center().x(), nodes.prototypes.top()));
  painter.drawLine(middleOf(nodes.assign, true), middleOf(nodes.prototypes, false));
  if (m_fixedMasses) painter.drawLine(middleOf(nodes.dual, true), middleOf(nodes.assign, false));
}

void PipelineDiagram::paintGenerators(QPainter& painter, const Layout& nodes) const {
  for (std::size_t i = 0; i < nodes.generators.size(); ++i) {
    const QRectF& box = nodes.generators[i];
    const int id = i < m_ids.size() ? m_ids[i] : static_cast<int>(i);
    paintNode(painter, box, QStringLiteral("G%1").arg(id + 1), lit("generator") || id == m_selected);
    painter.setPen(Qt::NoPen);
    painter.setBrush(views::generatorColor(id));
    painter.drawRect(QRectF(box.left(), box.top(), 4, box.height()));
  }
  const int more = static_cast<int>(m_ids.size()) - kMostShown;
  if (more <= 0) return;
  painter.setPen(views::colors(m_theme).muted);
  QRectF below = nodes.generators.back().translated(0, rowStep());
  painter.drawText(below, Qt::AlignCenter, tr("+ %1 more").arg(more));
}

void PipelineDiagram::paintNode(QPainter& painter, const QRectF& box, const QString& text, bool isLit) const {
  const views::Colors& c = views::colors(m_theme);
  const QColor fill = m_theme == views::Theme::Dark ? QColor(0x2F3136) : QColor(0xF6F8FA);
  painter.setPen(QPen(isLit ? c.accent : c.line, isLit ? 1.5 : 1));
  painter.setBrush(fill);
  painter.drawRoundedRect(box, 6, 6);
  painter.setPen(isLit ? c.accent : c.text);
  painter.drawText(box, Qt::AlignCenter, text);
}

void PipelineDiagram::mousePressEvent(QMouseEvent* event) {
  const int id = generatorAt(event->position());
  if (id >= 0) emit generatorClicked(id);
}

int PipelineDiagram::generatorAt(const QPointF& point) const {
  const Layout nodes = layout();
  for (std::size_t i = 0; i < nodes.generators.size() && i < m_ids.size(); ++i)
    if (nodes.generators[i].contains(point)) return m_ids[i];
  return -1;
}

void PipelineDiagram::changeHovered(int id) {
  if (id == m_hovered) return;
  setHovered(id);
  emit generatorHovered(id);
}

void PipelineDiagram::mouseMoveEvent(QMouseEvent* event) {
  changeHovered(generatorAt(event->position()));
}

void PipelineDiagram::leaveEvent(QEvent*) {
  changeHovered(-1);
}

PipelinePanel::PipelinePanel(QWidget* parent)
    : QWidget(parent), m_diagram(new PipelineDiagram), m_formula(new QLabel), m_caption(mutedLabel()) {
  m_formula->setProperty("role", "formula");
  m_formula->setTextFormat(Qt::RichText);
  m_formula->setObjectName(QStringLiteral("formula"));
  m_caption->setObjectName(QStringLiteral("phaseCaption"));
  m_caption->setWordWrap(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(m_diagram);
  column->addSpacing(4);
  column->addWidget(m_formula);
  column->addWidget(m_caption);
  connect(m_diagram, &PipelineDiagram::generatorClicked, this, &PipelinePanel::generatorClicked);
  connect(m_diagram, &PipelineDiagram::generatorHovered, this, &PipelinePanel::generatorHovered);
  setPhase({}, true);
}

void PipelinePanel::setGenerators(const std::vector<int>& ids) {
  m_diagram->setGenerators(ids);
}
void PipelinePanel::setFixedMasses(bool fixed) {
  m_diagram->setFixedMasses(fixed);
}
void PipelinePanel::setSelected(int id) {
  m_diagram->setSelected(id);
}
void PipelinePanel::setHovered(int id) {
  m_diagram->setHovered(id);
}
void PipelinePanel::setTheme(views::Theme theme) {
  m_diagram->setTheme(theme);
}

void PipelinePanel::setPhase(const QString& phase, bool stepping) {
  const QString shown = stepping ? phase : QString();
  m_diagram->setPhase(shown);
  if (shown == m_shown && !m_formula->text().isEmpty()) return;
  m_shown = shown;
  const PhaseWords words = wordsOf(shown);
  m_formula->setText(words.formula);
  m_caption->setText(words.caption);
}

}  // namespace monge
