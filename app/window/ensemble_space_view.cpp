// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/ensemble_space_view.h"

#include <QLabel>
#include <QtConcurrent>
#include <algorithm>
#include <exception>
#include <utility>

#include "app/window/ensemble_space.h"
#include "app/window/panel_parts.h"
#include "views/cell_facts.h"
#include "views/space/space_view.h"

namespace monge {

EnsembleSpaceView::EnsembleSpaceView(QWidget* parent) : QStackedWidget(parent) {
  m_view = new views::SpaceView;
  m_view->setObjectName(QStringLiteral("ensembleSpace"));
  m_view->setStyle(ensembleSpaceStyle());
  m_problem = mutedLabel();
  m_problem->setObjectName(QStringLiteral("ensembleSpaceProblem"));
  m_problem->setWordWrap(true);
  m_problem->setAlignment(Qt::AlignCenter);
  m_problem->setMargin(24);
  addWidget(m_view);
  addWidget(m_problem);
  connect(&m_maker, &QFutureWatcher<Made>::finished, this, &EnsembleSpaceView::take);
  connect(m_view, &views::SpaceView::selectionChanged, this, [this](int row) {
    m_selected = idOf(row);
    emit selectionChanged(m_selected);
  });
  connect(m_view, &views::SpaceView::hoverChanged, this, [this](int row) {
    m_hovered = idOf(row);
    emit hoverChanged(m_hovered);
  });
  m_view->setFacts([this](int row) { return views::generatorFacts(*m_made, idOf(row)); });
}

void EnsembleSpaceView::setScene(const views::Scene& scene) {
  m_scene = scene;
  make();
}

void EnsembleSpaceView::setTheme(views::Theme theme) {
  views::SpaceStyle style = m_view->style();
  style.theme = theme;
  m_view->setStyle(style);
}

void EnsembleSpaceView::setLayers(const views::LayerSet& layers) {
  using views::Layer, views::SpaceLayer;
  views::SpaceStyle style = m_view->style();
  for (const auto& [plane, space] : {std::pair(Layer::Data, SpaceLayer::Data),
                                     {Layer::Samples, SpaceLayer::Samples},
                                     {Layer::Cells, SpaceLayer::Cells},
                                     {Layer::Cells, SpaceLayer::Walls},
                                     {Layer::Prototypes, SpaceLayer::Sites}})
    style.layers.set(space, layers.has(plane));
  if (style != m_view->style()) m_view->setStyle(style);
}

int EnsembleSpaceView::idOf(int row) const {
  const bool isThere = m_made && row >= 0 && row < static_cast<int>(m_made->ids.size());
  return isThere ? m_made->ids[static_cast<std::size_t>(row)] : -1;
}

int EnsembleSpaceView::rowOf(int id) const {
  if (!m_made || id < 0) return -1;
  const auto found = std::find(m_made->ids.begin(), m_made->ids.end(), id);
  return found == m_made->ids.end() ? -1 : static_cast<int>(found - m_made->ids.begin());
}

void EnsembleSpaceView::setSelected(int id) {
  m_selected = id;
  m_view->setSelected(rowOf(id));
}

void EnsembleSpaceView::setHovered(int id) {
  m_hovered = id;
  m_view->setHovered(rowOf(id));
}

void EnsembleSpaceView::showEvent(QShowEvent* event) {
  QStackedWidget::showEvent(event);
  make();
}

void EnsembleSpaceView::make() {
  const bool isNews = m_scene.snapshot && m_scene.data && m_scene.snapshot != m_made;
  if (!isNews || !isVisible() || m_maker.isRunning()) return;
  m_maker.setFuture(QtConcurrent::run([snapshot = m_scene.snapshot, data = m_scene.data]() -> Made {
    try {
      ThreadTeam alone(1);
      return {ensembleInSpace(snapshot, data, alone), {}, snapshot};
    } catch (const std::exception& error) {
      return {nullptr, QString::fromUtf8(error.what()), snapshot};
    }
  }));
}

void EnsembleSpaceView::take() {
  const Made made = m_maker.result();
  m_made = made.of;
  m_problem->setText(made.problem);
  setCurrentIndex(made.moment ? 0 : 1);
  if (made.moment) {
    m_shown = made.moment;
    m_view->setMoment(m_shown);
    m_view->setSelected(rowOf(m_selected));
    m_view->setHovered(rowOf(m_hovered));
  }
  make();  // what has come meanwhile
}

}  // namespace monge
