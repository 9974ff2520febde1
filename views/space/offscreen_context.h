// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

namespace monge::views {

/// An OpenGL 3.2 core context without a window and without a display, by EGL: on a graphics card where there
/// is one, else in software. It may be used on one thread at a time.
class OffscreenContext {
 public:
  /// @throws Error that says which OpenGL is missing
  OffscreenContext();
  ~OffscreenContext();
  OffscreenContext(const OffscreenContext&) = delete;
  OffscreenContext& operator=(const OffscreenContext&) = delete;

  /// On the calling thread, while this lives. @throws Error when the driver refuses
  class Current {
   public:
    explicit Current(const OffscreenContext& context);
    ~Current();
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;

   private:
    const OffscreenContext& m_context;
  };

 private:
  struct Handles;
  std::unique_ptr<Handles> m_handles;
};

}  // namespace monge::views
