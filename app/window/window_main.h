#pragma once

#include "app/window_library.h"

/// Entry of the window's library, found at run time by app/window_library.cpp. Returns the exit code of the program.
extern "C" int ncscopeWindowMain(int argc, char** argv, const nc::app::WindowOptions& options);
