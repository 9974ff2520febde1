// SPDX-License-Identifier: GPL-3.0-or-later
// The window. `monge render ...` writes figures without one.
#include <QApplication>
#include <QFileInfo>
#include <QSettings>
#include <QTimer>
#include <cstdio>
#include <cstring>

#include "app/window/engine_link.h"
#include "app/window/main_window.h"
#include "app/window/render_command.h"
#include "app/window/space/space_window.h"
#include "app/window/transport/transport_picture.h"
#include "app/window/transport/transport_window.h"
#include "core/base/error.h"

namespace {

using namespace monge;

/// --help and bad options are answered before a display is needed.
std::optional<LaunchOptions> readOptions(int argc, char** argv, int& status) {
  QStringList arguments;
  for (int i = 0; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  try {
    LaunchOptions options = parseLaunch(arguments);
    if (options.output.isEmpty()) return options;
    std::fputs(qPrintable(options.output), stdout);
    status = 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "monge: %s\n", error.what());
    status = 2;
  }
  return std::nullopt;
}

void takePictureLater(QWidget& window, const LaunchOptions& options) {
  QTimer::singleShot(static_cast<int>(options.after * 1000), &window, [&window, file = options.screenshot] {
    const bool written = window.grab().save(file);
    if (!written)
      std::fprintf(stderr, "monge: %s: the picture could not be written there\n", qPrintable(file));
    window.close();
    QApplication::exit(written ? 0 : 1);
  });
}

template <class Window>
int showWindow(const LaunchOptions& options, ThemeController& themes) {
  auto* window = new Window(themes);  // deletes itself when it is closed
  window->launch(options.what, options.play);
  window->show();
  if (!options.screenshot.isEmpty()) takePictureLater(*window, options);
  return QApplication::exec();
}

/// What cannot be read is left to the window of the plane, which says why.
bool isInSpace(const QString& what) {
  if (!QFileInfo::exists(what)) return spacePreset(what) != nullptr;
  try {
    return dimensionOf(what.toStdString()) == 3;
  } catch (const Error&) {
    return false;
  }
}

int showTransport(const LaunchOptions& options, ThemeController& themes) {
  if (isInSpace(options.what)) return showWindow<SpaceWindow>(options, themes);
  return showWindow<TransportWindow>(options, themes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "render") == 0) return runRender(argc, argv);
  QCoreApplication::setApplicationName(QStringLiteral("monge"));
  QCoreApplication::setOrganizationName(QStringLiteral("monge"));
  QCoreApplication::setApplicationVersion(QStringLiteral(MONGE_VERSION));
  int status = 0;
  const auto options = readOptions(argc, argv, status);
  if (!options) return status;

  QApplication application(argc, argv);
  const QString theme =
      options->theme.isEmpty() ? QSettings().value(QStringLiteral("theme")).toString() : options->theme;
  ThemeController themes;
  themes.choose(themeChoiceFromString(theme));
  if (options->transport || isTransportFolder(options->what.toStdString()))
    return showTransport(*options, themes);
  MainWindow window(options->engine.isEmpty() ? defaultEngineCommand() : options->engine, themes);
  window.launch(*options);
  window.show();
  if (!options->screenshot.isEmpty()) takePictureLater(window, *options);
  return QApplication::exec();
}
