// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/render_command.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <cmath>
#include <cstdio>
#include <optional>

#include "app/window/ensemble_space.h"
#include "app/window/render_panels.h"
#include "app/window/render_scene.h"
#include "app/window/space/space_documents.h"
#include "app/window/space/space_options.h"
#include "app/window/transport/render_transport.h"
#include "app/window/transport/transport_documents.h"
#include "app/window/transport/transport_picture.h"
#include "core/base/error.h"
#include "core/base/thread_team.h"
#include "views/figure.h"

namespace monge {
namespace {

using views::FigureSpec;
using views::Layer;

QString tr(const char* text) {
  return QCoreApplication::translate("Render", text);
}

/// Names of the layers in the order of their keys.
const QStringList& layerNames() {
  static const QStringList names{"data",   "samples", "cells",       "prototypes",
                                 "trails", "critic",  "latent_grid", "gradients"};
  return names;
}

template <class Document>
QString idsOf(const std::vector<Document>& presets) {
  QStringList ids;
  for (const Document& preset : presets) ids << preset.id;
  return ids.join(QStringLiteral(", "));
}

void addOptions(QCommandLineParser& parser) {
  parser.setApplicationDescription(tr(
      "Writes a view of a run or of solved transport as a picture, of transport as a mesh or as numbers too. "
      "Needs no display."));
  parser.addHelpOption();
  addSpaceOptions(parser);
  parser.addPositionalArgument(
      "run",
      tr("Run folder, several with --panels; a folder that monge-cli transport wrote; or one of the\n"
         "transport presets %1; or, of points in space, %2.")
          .arg(idsOf(transportPresets()), idsOf(spacePresets())),
      "RUN...");
  parser.addOptions({
      {"view",
       tr("Of a run one of %1 (tessellation); of solved transport one of %2 (cells); of points in space, "
          "runs on them too, %3.")
           .arg(views::figureViews().join(", "), transportExports().join(", "), spaceView()),
       "view"},
      {"out",
       tr("File to write; its suffix decides the format: .png, .svg, .pdf; of solved transport and of "
          "cells in space also the meshes\n"
          ".vtp, .ply, .glb, .gltf and the numbers .csv, .npz."),
       "file"},
      {"size", tr("Width x height in mm, cm, in, pt or px (120x90mm; with --panels 174 mm wide)."), "size"},
      {"dpi", tr("Dots per inch of a PNG (300)."), "number", "300"},
      {"layers",
       tr("Layers, separated by commas: of the tessellation %1; of solved transport %2; in "
          "space %3.")
           .arg(layerNames().join(", "), diagramLayerNames().join(", "), spaceLayerNames().join(", ")),
       "list"},
      {"colour", tr("What colours the cells of solved transport: site, mass, error, jump (site)."), "name",
       "site"},
      {"camera",
       tr("Where a surface or space is looked at from: azimuth,elevation in degrees (-60,24), or front, "
          "back,\n"
          "left, right, top, bottom, isometric; and zoom,right,down in shares of the smaller side (1,0,0)."),
       "numbers"},
      {"height", tr("Height of a surface in widths of its ground (0.6; of a mesh its own heights)."),
       "number", "0.6"},
      {"threshold", tr("What is larger is singular (chosen from the data)."), "number"},
      {"by",
       tr("What the threshold is compared with: jump (data units), angle (radians) or spacing (jump in "
          "units\n"
          "of the points' spacing) (jump)."),
       "name"},
      {"box", tr("Part of the plane to show: x0,y0,x1,y1 in data units."), "box"},
      {"checkpoint", tr("Iteration of the checkpoint to show (the last)."), "iteration"},
      {"theme", tr("figure, light or dark (figure)."), "theme", "figure"},
      {"font-size", tr("Height of the text in points (8)."), "points", "8"},
      {"transparent", tr("Leave the background out.")},
      {"no-axes", tr("Leave the numbers at the edges out.")},
      {"panels", tr("One figure of several runs, side by side: (a), (b), ...")},
      {"titles", tr("Titles of the panels, separated by |."), "titles"},
      {"columns", tr("Panels in a row (4)."), "number", "4"},
      {"bars", tr("Adds a bar chart of a CSV with the columns variant, metric, mean, deviation."), "file"},
  });
}

double numberOption(const QCommandLineParser& parser, const QString& name) {
  bool valid = false;
  const double value = parser.value(name).toDouble(&valid);
  if (!valid) throw Error("--" + name.toStdString(), parser.value(name).toStdString(), "a number");
  return value;
}

/// The layers that --layers names, and no others; none where it is not given.
template <class LayerSet, class Layer>
std::optional<LayerSet> layersOption(const QCommandLineParser& parser, const QStringList& names) {
  if (!parser.isSet("layers")) return std::nullopt;
  LayerSet layers;
  for (int i = 0; i < names.size(); ++i) layers.set(static_cast<Layer>(i), false);
  for (const QString& name : parser.value("layers").split(',', Qt::SkipEmptyParts)) {
    const auto index = names.indexOf(name.trimmed());
    if (index < 0)
      throw Error("--layers", name.toStdString(), "names out of " + names.join(", ").toStdString());
    layers.set(static_cast<Layer>(index), true);
  }
  return layers;
}

std::optional<Box2> boxOption(const QCommandLineParser& parser) {
  if (!parser.isSet("box")) return std::nullopt;
  const QStringList parts = parser.value("box").split(',');
  double corners[4] = {};
  bool valid = parts.size() == 4;
  for (int i = 0; i < 4 && valid; ++i) corners[i] = parts[i].toDouble(&valid);
  if (!valid) throw Error("--box", parser.value("box").toStdString(), "x0,y0,x1,y1 in data units");
  const Box2 box{corners[0], corners[1], corners[2], corners[3]};
  if (!(box.width() > 0 && box.height() > 0 && std::isfinite(box.width() + box.height()))) {
    throw Error("--box", parser.value("box").toStdString(), "x0,y0,x1,y1 with x0 < x1 and y0 < y1");
  }
  return box;
}

views::Theme themeOption(const QCommandLineParser& parser) {
  const QString name = parser.value("theme");
  if (name == "figure") return views::Theme::Figure;
  if (name == "light") return views::Theme::Light;
  if (name == "dark") return views::Theme::Dark;
  throw Error("--theme", name.toStdString(), "figure, light or dark");
}

std::optional<std::int64_t> checkpointOption(const QCommandLineParser& parser) {
  if (!parser.isSet("checkpoint")) return std::nullopt;
  bool valid = false;
  const qlonglong iteration = parser.value("checkpoint").toLongLong(&valid);
  if (!valid)
    throw Error("--checkpoint", parser.value("checkpoint").toStdString(), "the iteration of a checkpoint");
  return iteration;
}

FigureSpec specFrom(const QCommandLineParser& parser) {
  FigureSpec spec;
  spec.view = parser.isSet("view") ? parser.value("view") : QStringLiteral("tessellation");
  spec.dpi = numberOption(parser, "dpi");
  if (parser.isSet("size")) spec.sizeMm = views::parseFigureSize(parser.value("size"), spec.dpi);
  spec.transparent = parser.isSet("transparent");
  spec.theme = themeOption(parser);
  spec.axes = !parser.isSet("no-axes");
  spec.box = boxOption(parser);
  spec.fontPt = numberOption(parser, "font-size");
  return spec;
}

void renderPanels(const QCommandLineParser& parser, const FigureSpec& spec) {
  PanelFigure figure;
  figure.spec = spec;
  figure.columns = static_cast<int>(numberOption(parser, "columns"));
  if (figure.columns < 1 || figure.columns > 100) {
    throw Error("--columns", parser.value("columns").toStdString(), "a whole number from 1 to 100");
  }
  const QStringList titles = parser.value("titles").split('|');
  for (const QString& run : parser.positionalArguments()) {
    views::Scene scene = readScene(run.toStdString(), checkpointOption(parser));
    figure.panels.push_back({titles.value(static_cast<qsizetype>(figure.panels.size())).trimmed(), scene});
  }
  if (parser.isSet("bars")) figure.bars = readBars(parser.value("bars").toStdString());
  writePanels(parser.value("out"), figure, parser.isSet("size"));
}

views::CellColour colourOption(const QCommandLineParser& parser) {
  const QStringList names{"site", "mass", "error", "jump"};
  const auto index = names.indexOf(parser.value("colour"));
  if (index < 0)
    throw Error("--colour", parser.value("colour").toStdString(), "one of " + names.join(", ").toStdString());
  return static_cast<views::CellColour>(index);
}

void renderTransport(const QCommandLineParser& parser, FigureSpec spec) {
  TransportFigure figure;
  if (!parser.isSet("view")) spec.view = QStringLiteral("cells");
  figure.spec = spec;
  figure.layers = layersOption<views::DiagramLayers, views::DiagramLayer>(parser, diagramLayerNames());
  figure.colour = colourOption(parser);
  if (parser.isSet("camera")) figure.camera = parseCamera(parser.value("camera"));
  figure.height = numberOption(parser, "height");
  if (!(figure.height > 0 && figure.height <= 10))
    throw Error("--height", parser.value("height").toStdString(), "a number above 0, up to 10");
  if (parser.isSet("height")) figure.meshHeight = figure.height;
  figure.rule = ruleOption(parser, figure.rule);
  writeTransportFigure(parser.value("out"), parser.positionalArguments().front(), figure);
}

bool isRunFolder(const QString& path) {
  return QFileInfo::exists(path + QStringLiteral("/experiment.json"));
}

/// The cells of generators that were trained on points in space.
void renderRunInSpace(const QCommandLineParser& parser, SpaceFigure figure) {
  const views::SpaceStyle usual = ensembleSpaceStyle();
  if (!parser.isSet("layers")) figure.style.layers = usual.layers;
  if (!parser.isSet("opacity")) figure.style.opacity = usual.opacity;
  const views::Scene scene =
      readScene(parser.positionalArguments().front().toStdString(), checkpointOption(parser));
  ThreadTeam team(ThreadTeam::availableCores());
  writeSpaceFigure(parser.value("out"), *ensembleInSpace(scene.snapshot, scene.data, team), figure);
}

/// Points of the plane have other views than those of space; which they are is known once they are read.
void renderSpace(const QCommandLineParser& parser, FigureSpec spec) {
  const QString what = parser.positionalArguments().front();
  spec.view = spaceView();
  if (parser.isSet("view") && parser.value("view") != spaceView())
    throw Error("--view", parser.value("view").toStdString(),
                spaceView().toStdString() + ", of points in space");
  if (transportPreset(what) && !QFileInfo::exists(what))
    throw Error("--view", spaceView().toStdString(),
                "of points in the plane one of " + transportViews().join(QStringLiteral(", ")).toStdString());
  SpaceFigure figure = spaceFigure(parser, spec);
  figure.style.colour = colourOption(parser);
  if (isRunFolder(what)) return renderRunInSpace(parser, figure);
  writeSpaceFigure(parser.value("out"), what, figure);
}

/// Whether the first thing that is named is to be shown in space.
bool isInSpace(const QCommandLineParser& parser) {
  const QString what = parser.positionalArguments().front();
  if (!QFileInfo::exists(what)) return spacePreset(what) != nullptr;
  if (!isTransportFolder(what.toStdString())) return false;
  return parser.isSet("view") ? parser.value("view") == spaceView() : dimensionOf(what.toStdString()) == 3;
}

void render(const QCommandLineParser& parser) {
  const QStringList runs = parser.positionalArguments();
  if (!parser.isSet("out")) throw Error("--out", "not given", "the file to write, as in --out figure.pdf");
  if (runs.isEmpty()) throw Error("monge render", "no run", "a run folder");
  FigureSpec spec = specFrom(parser);
  if (runs.size() == 1 && (parser.value("view") == spaceView() || isInSpace(parser)))
    return renderSpace(parser, spec);
  const bool isPreset = transportPreset(runs[0]) && !QFileInfo::exists(runs[0]);
  if (runs.size() == 1 && (isPreset || isTransportFolder(runs[0].toStdString())))
    return renderTransport(parser, spec);
  spec.layers = layersOption<views::LayerSet, Layer>(parser, layerNames()).value_or(views::LayerSet());
  if (parser.isSet("panels")) return renderPanels(parser, spec);
  if (runs.size() > 1) throw Error(runs[1].toStdString(), "a second run", "one run, or --panels for several");
  views::Scene scene = readScene(runs[0].toStdString(), checkpointOption(parser));
  addFigureCells(scene, spec);
  views::writeFigure(parser.value("out"), scene, spec);
}

QStringList argumentsOf(int argc, char** argv) {
  QStringList arguments;
  for (int i = 0; i < argc; ++i) {
    if (i == 1 && qstrcmp(argv[i], "render") == 0) continue;
    arguments << QString::fromLocal8Bit(argv[i]);
  }
  return arguments;
}

int run(const QStringList& arguments) {
  QCommandLineParser parser;
  addOptions(parser);
  if (!parser.parse(arguments)) {
    std::fprintf(stderr, "monge: %s\n", qPrintable(parser.errorText()));
    return 2;
  }
  if (parser.isSet("help")) {
    std::fputs(qPrintable(parser.helpText()), stdout);
    return 0;
  }
  try {
    render(parser);
  } catch (const Error& error) {
    std::fprintf(stderr, "monge: %s\n", error.what());
    return error.kind() == Error::Kind::BadInput ? 2 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "monge: %s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace

int runRender(int argc, char** argv) {
  const QStringList arguments = argumentsOf(argc, argv);
  if (QCoreApplication::instance()) return run(arguments);
  // Figures need fonts and painters but no screen, whatever the desktop offers.
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  return run(arguments);
}

}  // namespace monge
