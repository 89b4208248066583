#include "app/window/vtk_module.h"

#include "app/window/vtk_body.h"

extern "C" __attribute__((visibility("default"))) nc::window::ViewBody* ncscopeMakeVtkBody()
{
    return new nc::window::VtkBody;
}
