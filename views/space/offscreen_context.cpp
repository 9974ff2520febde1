// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/space/offscreen_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace monge::views {
namespace {

bool offers(const char* extensions, std::string_view name) {
  return extensions && std::string_view(extensions).find(name) != std::string_view::npos;
}

template <class Function>
Function functionNamed(const char* name) {
  return reinterpret_cast<Function>(eglGetProcAddress(name));
}

/// Displays that need no window system, the graphics cards first; then the one that the system prefers.
std::vector<EGLDisplay> displays() {
  std::vector<EGLDisplay> found;
  const char* client = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  const auto get = functionNamed<PFNEGLGETPLATFORMDISPLAYEXTPROC>("eglGetPlatformDisplayEXT");
  const auto query = functionNamed<PFNEGLQUERYDEVICESEXTPROC>("eglQueryDevicesEXT");
  if (get && query && offers(client, "EGL_EXT_platform_device")) {
    EGLDeviceEXT devices[16];
    EGLint count = 0;
    if (query(16, devices, &count))
      for (EGLint at = 0; at < count; ++at)
        found.push_back(get(EGL_PLATFORM_DEVICE_EXT, devices[at], nullptr));
  }
  if (get && offers(client, "EGL_MESA_platform_surfaceless"))
    found.push_back(get(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
  found.push_back(eglGetDisplay(EGL_DEFAULT_DISPLAY));
  return found;
}

EGLContext contextOn(EGLDisplay display) {
  if (display == EGL_NO_DISPLAY || !eglInitialize(display, nullptr, nullptr)) return EGL_NO_CONTEXT;
  // Pictures are drawn into buffers of our own, so that no surface is needed, nor a kind of one.
  if (!offers(eglQueryString(display, EGL_EXTENSIONS), "EGL_KHR_surfaceless_context")) return EGL_NO_CONTEXT;
  if (!eglBindAPI(EGL_OPENGL_API)) return EGL_NO_CONTEXT;
  const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_DONT_CARE, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (!eglChooseConfig(display, wanted, &config, 1, &count) || count < 1) return EGL_NO_CONTEXT;
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            2,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  return eglCreateContext(display, config, EGL_NO_CONTEXT, version);
}

}  // namespace

/// A display is never terminated: it belongs to the process, and others may have contexts on it.
struct OffscreenContext::Handles {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
};

OffscreenContext::OffscreenContext() : m_handles(std::make_unique<Handles>()) {
  for (const EGLDisplay display : displays()) {
    const EGLContext context = contextOn(display);
    if (context == EGL_NO_CONTEXT) continue;
    *m_handles = {display, context};
    return;
  }
  throw Error("OpenGL", "no driver that draws without a window", "OpenGL 3.2 with EGL, in software at least");
}

OffscreenContext::~OffscreenContext() {
  eglDestroyContext(m_handles->display, m_handles->context);
}

OffscreenContext::Current::Current(const OffscreenContext& context) : m_context(context) {
  const auto& [display, handle] = *m_context.m_handles;
  eglBindAPI(EGL_OPENGL_API);
  if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, handle))
    throw Error("OpenGL", "a context that cannot be used (EGL error " + std::to_string(eglGetError()) + ")",
                "a driver that is there still");
}

OffscreenContext::Current::~Current() {
  eglMakeCurrent(m_context.m_handles->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

}  // namespace monge::views
