#pragma once

#include <memory>
#include <optional>

#include <QString>

#include "app/window/view_body.h"
#include "app/window_library.h"

/// Who draws the view: a GPU by OpenGL and VTK, or the CPU.
namespace nc::window
{

/// GL_RENDERER of the OpenGL that Qt would use, asked in a process of its own: a driver that crashes or hangs takes
/// nothing with it. Nothing where there is none. Before QApplication, while there is one thread.
[[nodiscard]] std::optional<QString> openGlRenderer();

/// A renderer that computes on the CPU (llvmpipe and the like), which the raster body outruns by far.
[[nodiscard]] bool isSoftwareRenderer(const QString& renderer);

struct RendererChoice {
    bool gpu = false;
    QString reason; ///< why the CPU draws, in a sentence; empty where nothing is to be said
};
/// What `wanted` comes to on this machine. Before QApplication; sets Qt's platform variables where a GPU draws.
[[nodiscard]] RendererChoice chooseRenderer(app::Renderer wanted);

/// The body that draws with VTK, from its own library. Environment error: not installed, cannot be opened.
[[nodiscard]] Result<std::unique_ptr<ViewBody>> makeGpuBody();

} // namespace nc::window
