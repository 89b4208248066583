#include "viz/scene/resources.h"

#include <QResource>

// Q_INIT_RESOURCE must stand outside every namespace.
static void initSceneResources()
{
    Q_INIT_RESOURCE(scene);
}

namespace nc::scene
{

void initResources()
{
    initSceneResources();
}

} // namespace nc::scene
