// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace monge {

/// Where the runs of a session live until somebody saves them: every run has a folder, so that there is
/// always a checkpoint to go back to. Folders are under the cache; the newest `kKeptRuns` stay.
constexpr int kKeptRuns = 10;

QString sessionRunsRoot();

/// A name that does not exist yet under `root`: date, time and what is run. The engine makes the folder.
QString freshRunFolder(const QString& root, const QString& experimentName);

/// Removes all but the newest `keep` runs under `root`; never one that was written within the last hour,
/// which may be another window's.
void tidyRunFolders(const QString& root, int keep = kKeptRuns);

/// Iteration of the last whole checkpoint of a run, -1 when there is none or it cannot be read.
qint64 lastCheckpoint(const QString& runFolder);

/// Copies a whole run to `target`, which must not exist or be empty. Whole or not at all: a neighbour that is
/// renamed.
/// @throws monge::Error naming the folder. Any thread.
void copyRun(const QString& runFolder, const QString& target);

}  // namespace monge
