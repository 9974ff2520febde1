// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/snapshot/message.h"
#include "core/snapshot/snapshot.h"

namespace monge {

/// Wire forms of the snapshot values; each pair is an exact round trip. Types "snapshot", "data", "history".
Message toMessage(const EnsembleSnapshot& snapshot);
Message toMessage(const DataView& data);
Message toMessage(const HistoryChunk& history);

/// @throws Error when the message is of another type or its arrays contradict one another.
EnsembleSnapshot snapshotFromMessage(const Message& message);
DataView dataViewFromMessage(const Message& message);
HistoryChunk historyFromMessage(const Message& message);

const char* toString(RunStatus status);
RunStatus runStatusFromString(const std::string& name);

}  // namespace monge
