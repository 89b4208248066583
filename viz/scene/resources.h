#pragma once

namespace nc::scene
{

/// Makes the files compiled into this library (":/nc/…": theme, fonts) readable. Cheap to call again.
void initResources();

} // namespace nc::scene
