// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/latest_value.h"

namespace monge {

/// Carries moments from a worker to the thread that `owner` lives on: the newest is taken when that thread
/// gets to it, older ones are skipped.
template <class Moment>
class NewestMoment {
 public:
  /// @param arrived  called on the owner's thread
  NewestMoment(QObject& owner, std::function<void(std::shared_ptr<const Moment>)> arrived)
      : m_owner(owner), m_arrived(std::move(arrived)) {}

  /// On the worker, which must end before this does.
  void put(std::shared_ptr<const Moment> moment) {
    m_newest.put(std::move(moment));
    if (!m_announced.exchange(true)) QMetaObject::invokeMethod(&m_owner, [this] { take(); });
  }

 private:
  void take() {
    m_announced = false;  // before it is taken: one that comes from now on announces itself
    if (auto moment = m_newest.take()) m_arrived(std::move(moment));
  }

  QObject& m_owner;
  std::function<void(std::shared_ptr<const Moment>)> m_arrived;
  LatestValue<Moment> m_newest;
  std::atomic<bool> m_announced = false;  ///< the owner was told and has not come yet
};

}  // namespace monge
