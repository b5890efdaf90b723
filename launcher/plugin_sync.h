#pragma once

#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/installation.h"
#include "launcher/node_site.h"

namespace launcher {

/// <config>/elasticsearch-plugins.yml states the plugins of a container (behaviour page 2.4).
/// Error: kConfig where the file is there and the distribution is not of type docker.
base::Result<void> check_plugins_file(const NodeSite& site);

/// Has the stock plugin tool act on that file, if it is there; without it nothing is started.
/// Errors: what the tool said, without its stack traces, of the kind that its exit code stands for.
base::Result<void> sync_plugins(const NodeSite& site, const Jdk& jdk,
                                const Environment& environment);

}  // namespace launcher
