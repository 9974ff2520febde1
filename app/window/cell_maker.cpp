// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/cell_maker.h"

#include <QtConcurrent>
#include <algorithm>

#include "core/base/error.h"
#include "core/base/thread_team.h"
#include "core/geometry/law_cells.h"

namespace monge {
namespace {

/// Training goes on meanwhile, on cores of its own where there are more.
constexpr int kMostThreads = 4;

std::shared_ptr<const CellComplex> cellsFor(const views::CellQuestion& question) {
  try {
    const bool labels = question.law.usesLabels() && question.data;
    return std::make_shared<const CellComplex>(
        lawCells(question.law, question.sites, labels ? labelledPoints(*question.data) : LabelledPoints{},
                 question.box, question.pixels, std::min(ThreadTeam::availableCores(), kMostThreads)));
  } catch (const Error&) {
    return nullptr;  // sites that are no longer numbers have no cells
  }
}

}  // namespace

CellMaker::CellMaker(QObject* parent) : QObject(parent) {
  connect(&m_worker, &QFutureWatcherBase::finished, this, [this] {
    const auto cells = m_worker.result();
    const views::CellQuestion answered = m_question;
    if (m_next) begin(*std::exchange(m_next, std::nullopt));
    if (cells) emit made(answered, cells);
  });
}

CellMaker::~CellMaker() {
  m_worker.waitForFinished();
}

std::shared_ptr<const CellComplex> CellMaker::ask(const views::CellQuestion& question) {
  if (!hasPlaneCells(question.law, question.sites)) return nullptr;
  if (question.law.hasStraightWalls()) {
    m_next.reset();
    return cellsFor(question);
  }
  if (m_worker.isRunning())
    m_next = question;
  else
    begin(question);
  return nullptr;
}

void CellMaker::begin(const views::CellQuestion& question) {
  m_question = question;
  m_worker.setFuture(QtConcurrent::run([question] { return cellsFor(question); }));
}

}  // namespace monge
