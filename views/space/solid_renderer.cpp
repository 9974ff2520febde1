// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/solid_renderer.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkIdTypeArray.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLPolyDataMapper.h>
#include <vtkOpenGLState.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>
#include <vtkUnsignedCharArray.h>
#include <vtk_glew.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "views/space/offscreen_context.h"
#include "views/space/wall_order.h"

namespace monge::views {
namespace {

/// Lines on faces are drawn nearer to the eye by this times their width: a line has one depth across its
/// width, which the face under it, seen aslant, has not.
constexpr double kLift = 1.6;
/// More faces than this have no outlines while a hand moves.
constexpr std::size_t kManyFaces = 20000;

/// VTK asks GLEW for the functions of OpenGL. GLEW finds them all, also those of a context that EGL has made,
/// and then fails because there is no X display to ask for those of GLX; nothing here needs these.
class EglRenderWindow : public vtkGenericOpenGLRenderWindow {
 public:
  static EglRenderWindow* New();

  void OpenGLInitContext() override {
    static std::mutex tables;  // GLEW's are the process's
    const std::lock_guard lock(tables);
    const int warnings = vtkObject::GetGlobalWarningDisplay();
    vtkObject::GlobalWarningDisplayOff();
    vtkGenericOpenGLRenderWindow::OpenGLInitContext();
    vtkObject::SetGlobalWarningDisplay(warnings);
    if (this->Initialized) return;
    this->GlewInitValid = true;
    this->Initialized = true;
    this->MaximumHardwareLineWidth = 1;  // wider ones are drawn by a shader, on every driver
  }

  /// Of the frame buffers that VTK draws into; the context has none of its own to be asked.
  int GetColorBufferSizes(int* rgba) override {
    constexpr int kBits = 8;
    if (rgba) std::fill(rgba, rgba + 4, kBits);
    return 4 * kBits;
  }
};
vtkStandardNewMacro(EglRenderWindow);

/// Faces in painter's order must not hide one another by depth: where two cells touch, rounding would decide
/// which of the two faces is seen.
class OrderedMapper : public vtkOpenGLPolyDataMapper {
 public:
  static OrderedMapper* New();
  bool isOrdered = false;

  void RenderPieceDraw(vtkRenderer* renderer, vtkActor* actor) override {
    vtkOpenGLState* state = static_cast<vtkOpenGLRenderWindow*>(renderer->GetRenderWindow())->GetState();
    state->vtkglDepthMask(isOrdered ? GL_FALSE : GL_TRUE);
    vtkOpenGLPolyDataMapper::RenderPieceDraw(renderer, actor);
    state->vtkglDepthMask(GL_TRUE);
  }
};
vtkStandardNewMacro(OrderedMapper);

/// A mesh, what maps it and what places it.
struct Part {
  vtkNew<vtkPolyData> data;
  vtkNew<OrderedMapper> mapper;
  vtkNew<vtkActor> actor;
  double width = 1;  ///< of lines or points, in units

  Part() {
    mapper->SetInputData(data);
    mapper->SetColorModeToDirectScalars();
    mapper->SetScalarModeToUsePointData();
    actor->SetMapper(mapper);
    actor->GetProperty()->LightingOff();  // shades are in the colours
    // Everything in one pass, in our order: VTK's own pass for translucency knows no exact one.
    actor->ForceOpaqueOn();
  }
};

void setColour(vtkActor* actor, const QColor& colour) {
  actor->GetProperty()->SetColor(colour.redF(), colour.greenF(), colour.blueF());
}

void setPoints(vtkPolyData* data, const std::vector<float>& numbers) {
  vtkNew<vtkFloatArray> values;
  values->SetNumberOfComponents(3);
  values->SetNumberOfTuples(static_cast<vtkIdType>(numbers.size() / 3));
  std::copy(numbers.begin(), numbers.end(), values->GetPointer(0));
  vtkNew<vtkPoints> points;
  points->SetData(values);
  data->SetPoints(points);
}

vtkSmartPointer<vtkCellArray> cellArray(const std::vector<vtkIdType>& starts,
                                        const std::vector<vtkIdType>& corners) {
  const auto array = [](const std::vector<vtkIdType>& numbers) {
    auto result = vtkSmartPointer<vtkIdTypeArray>::New();
    result->SetNumberOfValues(static_cast<vtkIdType>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), result->GetPointer(0));
    return result;
  };
  auto cells = vtkSmartPointer<vtkCellArray>::New();
  cells->SetData(array(starts), array(corners));
  return cells;
}

void append(std::vector<float>& numbers, const Vec3& at) {
  for (int axis = 0; axis < 3; ++axis) numbers.push_back(static_cast<float>(at[axis]));
}

/// Collects polylines, or the dots of one look.
struct Strokes {
  std::vector<float> points;
  std::vector<vtkIdType> starts{0}, corners;
  void add(const Vec3& at) {
    corners.push_back(static_cast<vtkIdType>(points.size() / 3));
    append(points, at);
  }
  void end() { starts.push_back(static_cast<vtkIdType>(corners.size())); }
};

}  // namespace

struct SolidRenderer::Scene {
  OffscreenContext context;
  vtkNew<EglRenderWindow> window;
  vtkNew<vtkRenderer> renderer;
  Part faces, outlines;
  std::vector<std::unique_ptr<Part>> strokes;  ///< lines and dots
  std::shared_ptr<const SpaceSolid> solid;
  std::vector<int> firstCorner;  ///< per face of the solid, -1 for one that is not drawn
  Eigen::AlignedBox3d bounds;    ///< of anything drawn

  Scene() {
    const OffscreenContext::Current current(context);
    window->SetOwnContext(false);
    window->SetSupportsOpenGL(1);
    window->SetIsDirect(1);
    window->SetIsCurrent(true);
    window->SetMapped(1);
    window->SetReadyForRendering(true);
    window->SetSwapBuffers(false);
    window->SetFrameBlitModeToNoBlit();
    window->SetAlphaBitPlanes(1);
    window->AddRenderer(renderer);
    renderer->AddActor(outlines.actor);
    renderer->AddActor(faces.actor);
    renderer->UseDepthPeelingOff();
  }
  ~Scene() {
    const OffscreenContext::Current current(context);
    window->Finalize();
  }

  void build();
  void buildFaces();
  void buildOutlines();
  void buildLines();
  void buildDots();
  Part& addStrokes(const Strokes& shape, const QColor& colour, double width, bool dots);
  void place(const SpaceProjection& projection, const Frame& frame);
  static void draw(Part& part, const SpaceProjection& projection, const Frame& frame);
};

void SolidRenderer::Scene::buildFaces() {
  const CellBodies& bodies = solid->bodies;
  std::vector<float> points;
  std::vector<unsigned char> colours;
  firstCorner.assign(bodies.faces.size(), -1);
  for (std::size_t row = 0; row < bodies.faces.size(); ++row) {
    const QRgb fill = twinsFill(*solid, static_cast<int>(row));
    if (qAlpha(fill) == 0) continue;
    firstCorner[row] = static_cast<int>(points.size() / 3);
    for (const int corner : bodies.loop(bodies.faces[row])) {
      append(points, bodies.corners[static_cast<std::size_t>(corner)]);
      for (const int value : {qRed(fill), qGreen(fill), qBlue(fill), qAlpha(fill)})
        colours.push_back(static_cast<unsigned char>(value));
    }
  }
  setPoints(faces.data, points);
  vtkNew<vtkUnsignedCharArray> scalars;
  scalars->SetNumberOfComponents(4);
  scalars->SetNumberOfTuples(static_cast<vtkIdType>(colours.size() / 4));
  std::copy(colours.begin(), colours.end(), scalars->GetPointer(0));
  faces.data->GetPointData()->SetScalars(scalars);
  faces.mapper->isOrdered = solid->blends;
}

void SolidRenderer::Scene::buildOutlines() {
  const CellBodies& bodies = solid->bodies;
  Strokes strokesOfAll;
  for (std::size_t row = 0; row < bodies.faces.size(); ++row) {
    const CellBodies::Face& face = bodies.faces[row];
    const SpaceSolid::Outline outline = solid->outlines[row];
    const bool twin = outline == SpaceSolid::Outline::Shared && face.across > face.site;
    if (outline == SpaceSolid::Outline::None || twin) continue;
    const auto loop = bodies.loop(face);
    for (const int corner : loop) strokesOfAll.add(bodies.corners[static_cast<std::size_t>(corner)]);
    strokesOfAll.corners.push_back(strokesOfAll.corners[strokesOfAll.corners.size() - loop.size()]);
    strokesOfAll.end();
  }
  setPoints(outlines.data, strokesOfAll.points);
  outlines.data->SetLines(cellArray(strokesOfAll.starts, strokesOfAll.corners));
  outlines.width = solid->outlineWidth;
  setColour(outlines.actor, solid->outline);
}

Part& SolidRenderer::Scene::addStrokes(const Strokes& shape, const QColor& colour, double width, bool dots) {
  auto part = std::make_unique<Part>();
  setPoints(part->data, shape.points);
  if (dots)
    part->data->SetVerts(cellArray(shape.starts, shape.corners));
  else
    part->data->SetLines(cellArray(shape.starts, shape.corners));
  setColour(part->actor, colour);
  vtkProperty* look = part->actor->GetProperty();
  look->LightingOn();  // round things are shaded by their shape
  look->SetAmbient(0.75);
  look->SetDiffuse(0.25);
  look->SetRenderLinesAsTubes(!dots);
  look->SetRenderPointsAsSpheres(dots);
  part->width = width;
  renderer->AddActor(part->actor);
  strokes.push_back(std::move(part));
  return *strokes.back();
}

void SolidRenderer::Scene::buildLines() {
  std::map<std::pair<QRgb, double>, std::pair<Strokes, Strokes>> looks;  // lines, and balls at their bends
  for (const auto& line : solid->lines) {
    auto& [lines, bends] = looks[{line.colour.rgba(), line.width}];
    for (const Vec3& at : line.path) {
      lines.add(at);
      bends.add(at);
      bends.end();
    }
    lines.end();
  }
  for (const auto& [look, shapes] : looks) {
    addStrokes(shapes.first, QColor::fromRgba(look.first), look.second, false);
    addStrokes(shapes.second, QColor::fromRgba(look.first), look.second, true);
  }
}

void SolidRenderer::Scene::buildDots() {
  std::map<double, std::pair<Strokes, std::vector<QRgb>>> looks;
  for (const auto& dot : solid->dots) {
    auto& [shape, colours] = looks[dot.size];
    shape.add(dot.at);
    shape.end();
    colours.push_back(dot.colour.rgba());
  }
  for (const auto& [size, look] : looks) {
    Part& part = addStrokes(look.first, QColor(), size, true);
    vtkNew<vtkUnsignedCharArray> scalars;
    scalars->SetNumberOfComponents(3);
    scalars->SetNumberOfTuples(static_cast<vtkIdType>(look.second.size()));
    for (std::size_t row = 0; row < look.second.size(); ++row)
      scalars->SetTuple3(static_cast<vtkIdType>(row), qRed(look.second[row]), qGreen(look.second[row]),
                         qBlue(look.second[row]));
    part.data->GetPointData()->SetScalars(scalars);
  }
}

void SolidRenderer::Scene::build() {
  for (const auto& part : strokes) renderer->RemoveActor(part->actor);
  strokes.clear();
  const SpaceSolid empty;
  const auto shown = solid;
  if (!solid) solid = std::shared_ptr<const SpaceSolid>(std::shared_ptr<void>(), &empty);
  // What is opaque comes before the faces, which blend over it.
  renderer->RemoveActor(faces.actor);
  buildFaces();
  buildOutlines();
  buildLines();
  buildDots();
  renderer->AddActor(faces.actor);
  bounds.setEmpty();
  const auto include = [&](const Vec3& at) { bounds.extend(at); };
  for (const Vec3& corner : solid->bodies.corners) include(corner);
  for (const auto& dot : solid->dots) include(dot.at);
  for (const auto& line : solid->lines)
    for (const Vec3& at : line.path) include(at);
  solid = shown;
}

void SolidRenderer::Scene::place(const SpaceProjection& projection, const Frame& frame) {
  vtkCamera* camera = renderer->GetActiveCamera();
  const Vec3 eye = projection.eye(), middle = projection.middle(), up = projection.up();
  camera->SetPosition(eye.x(), eye.y(), eye.z());
  camera->SetFocalPoint(middle.x(), middle.y(), middle.z());
  camera->SetViewUp(up.x(), up.y(), up.z());
  const double half = frame.pixels.height() / (2 * projection.scale());  // data units, at the middle
  camera->SetParallelProjection(!projection.perspective());
  camera->SetParallelScale(half);
  camera->SetViewAngle(2 * std::atan(half / projection.distance()) * 180 / M_PI);
  const QPointF offset = projection.centre() - frame.target().center();
  camera->SetWindowCenter(-2 * offset.x() / frame.pixels.width(), 2 * offset.y() / frame.pixels.height());
  const double distance = projection.distance();
  double depth = 0.01 * projection.radius();
  if (!bounds.isEmpty())
    depth += 1.01 * ((bounds.center() - projection.middle()).norm() + bounds.diagonal().norm() / 2);
  camera->SetClippingRange(
      projection.perspective() ? std::max(distance - depth, 0.01 * distance) : distance - depth,
      distance + depth);
  outlines.actor->SetVisibility(frame.outlines);
  draw(outlines, projection, frame);
  for (const auto& part : strokes) draw(*part, projection, frame);
}

void SolidRenderer::Scene::draw(Part& part, const SpaceProjection& projection, const Frame& frame) {
  const double width = part.width * frame.unit;
  const Vec3 lift = -kLift * std::max(width, 1.0) / projection.scale() * projection.forward();
  part.actor->SetPosition(lift.x(), lift.y(), lift.z());
  part.actor->GetProperty()->SetLineWidth(static_cast<float>(width));
  part.actor->GetProperty()->SetPointSize(static_cast<float>(width));
}

SolidRenderer::SolidRenderer() : m_scene(std::make_unique<Scene>()) {}

SolidRenderer::~SolidRenderer() = default;

const std::shared_ptr<const SpaceSolid>& SolidRenderer::solid() const {
  return m_scene->solid;
}

void SolidRenderer::setSolid(std::shared_ptr<const SpaceSolid> solid) {
  m_scene->solid = std::move(solid);
  m_scene->build();
  std::vector<int> all(m_scene->firstCorner.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = static_cast<int>(row);
  setOrder(all);
}

void SolidRenderer::setOrder(std::span<const int> faces) {
  std::vector<vtkIdType> starts{0}, corners;
  for (const int row : faces) {
    const int first = m_scene->firstCorner[static_cast<std::size_t>(row)];
    if (first < 0) continue;
    const int count = m_scene->solid->bodies.faces[static_cast<std::size_t>(row)].corners;
    for (int at = 1; at + 1 < count; ++at) {
      for (const int corner : {0, at, at + 1}) corners.push_back(first + corner);
      starts.push_back(static_cast<vtkIdType>(corners.size()));
    }
  }
  m_scene->faces.data->SetPolys(cellArray(starts, corners));
}

SolidRenderer::Frame SolidRenderer::moving(const Frame& still, const SpaceSolid& solid, bool coarse) {
  Frame frame = still;
  frame.samples = 0;
  frame.outlines = solid.bodies.faces.size() <= kManyFaces || !solid.blends;
  if (coarse) {
    frame.pixels = QSize((still.pixels.width() + 1) / 2, (still.pixels.height() + 1) / 2);
    frame.unit = still.unit / 2;
  }
  return frame;
}

QImage SolidRenderer::render(const SpaceProjection& projection, const Frame& frame) {
  const OffscreenContext::Current current(m_scene->context);
  m_scene->place(projection, frame);
  vtkRenderer* renderer = m_scene->renderer;
  renderer->SetBackground(frame.ground.redF(), frame.ground.greenF(), frame.ground.blueF());
  renderer->SetBackgroundAlpha(frame.ground.alphaF());
  const int width = frame.pixels.width(), height = frame.pixels.height();
  m_scene->window->SetMultiSamples(frame.samples);
  m_scene->window->SetSize(width, height);
  m_scene->window->Render();
  vtkNew<vtkUnsignedCharArray> pixels;
  m_scene->window->GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, pixels);
  const std::size_t row = 4 * static_cast<std::size_t>(width);
  if (pixels->GetNumberOfValues() != static_cast<vtkIdType>(row * static_cast<std::size_t>(height)))
    throw Error("OpenGL",
                "no picture of " + std::to_string(width) + " x " + std::to_string(height) + " pixels",
                "a size that the driver can draw");
  QImage image(frame.pixels,
               frame.ground.alpha() == 255 ? QImage::Format_RGBX8888 : QImage::Format_RGBA8888_Premultiplied);
  for (int y = 0; y < height; ++y)
    std::memcpy(image.scanLine(y),
                pixels->GetPointer(static_cast<vtkIdType>(row * static_cast<std::size_t>(height - 1 - y))),
                row);
  return image;
}

}  // namespace monge::views
