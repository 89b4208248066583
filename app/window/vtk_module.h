#pragma once

#include "app/window/view_body.h"

/// Entry of the GPU view's library, found at run time by app/window/renderer.cpp so that a window without a GPU loads
/// no VTK. The body is the caller's.
extern "C" nc::window::ViewBody* ncscopeMakeVtkBody();
