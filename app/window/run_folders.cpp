// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_folders.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <filesystem>

#include "core/base/error.h"
#include "core/experiment/run_directory.h"

namespace monge {

QString sessionRunsRoot() {
  return QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/runs");
}

QString freshRunFolder(const QString& root, const QString& experimentName) {
  static const QRegularExpression odd(QStringLiteral("[^a-z0-9]+"));
  QString name = experimentName.toLower().replace(odd, QStringLiteral("-")).left(40);
  if (name.startsWith('-')) name.remove(0, 1);
  if (name.endsWith('-')) name.chop(1);
  const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd-HHmmss-zzz"));
  const QString base = root + '/' + stamp + (name.isEmpty() ? QString() : '-' + name);
  QString folder = base;
  for (int i = 2; QFileInfo::exists(folder); ++i) folder = base + '-' + QString::number(i);
  return folder;
}

namespace {

/// When a run was last written to: its files change, its folder does not.
QDateTime lastWritten(const QFileInfo& folder) {
  QDateTime newest = folder.lastModified();
  for (const QFileInfo& entry :
       QDir(folder.filePath()).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot)) {
    newest = qMax(newest, entry.lastModified());
  }
  return newest;
}

}  // namespace

void tidyRunFolders(const QString& root, int keep) {
  const auto folders =
      QDir(root).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name);
  const QDateTime recent = QDateTime::currentDateTime().addSecs(-3600);
  for (qsizetype i = 0; i + keep < folders.size(); ++i) {
    if (lastWritten(folders[i]) < recent) QDir(folders[i].filePath()).removeRecursively();
  }
}

qint64 lastCheckpoint(const QString& runFolder) {
  if (runFolder.isEmpty()) return -1;
  try {
    const auto iterations = RunDirectory::open(runFolder.toStdString()).checkpoints();
    return iterations.empty() ? -1 : iterations.back();
  } catch (const Error&) {
    return -1;  // not a run yet: the engine died before its first write
  }
}

void copyRun(const QString& runFolder, const QString& target) {
  namespace fs = std::filesystem;
  const fs::path to = fs::path(target.toStdString()).lexically_normal();
  const fs::path part = to.string() + ".part";
  std::error_code problem;
  if (fs::exists(to) && !fs::is_empty(to, problem)) {
    throw Error(to.string(), "exists already", "a new or empty folder");
  }
  fs::remove_all(part, problem);
  fs::copy(runFolder.toStdString(), part, fs::copy_options::recursive, problem);
  if (!problem) fs::rename(part, to, problem);
  if (problem) {
    std::error_code ignored;
    fs::remove_all(part, ignored);
    throw Error::failed(to.string(), "the run could not be copied there: " + problem.message());
  }
}

}  // namespace monge
