// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <memory>
#include <optional>

#include "views/scene.h"

namespace monge {

/// The cells of any law: polygons at once, bent ones by a worker, the newest question first. GUI thread only.
class CellMaker : public QObject {
  Q_OBJECT
 public:
  explicit CellMaker(QObject* parent = nullptr);
  ~CellMaker() override;

  /// Null when they are not ready yet (made() follows, unless a newer question comes before), or when the law
  /// has none in the plane.
  std::shared_ptr<const CellComplex> ask(const views::CellQuestion& question);

 signals:
  void made(const monge::views::CellQuestion& question,
            const std::shared_ptr<const monge::CellComplex>& cells);

 private:
  void begin(const views::CellQuestion& question);

  QFutureWatcher<std::shared_ptr<const CellComplex>> m_worker;
  views::CellQuestion m_question;             ///< at work
  std::optional<views::CellQuestion> m_next;  ///< the newest that waits
};

}  // namespace monge
