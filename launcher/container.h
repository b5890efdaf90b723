#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "launcher/environment.h"

/// What the entry point of the stock container image does before a start (behaviour page 1.5).
namespace launcher {

/// Whether this is a container image of Elasticsearch: ELASTIC_CONTAINER is true.
[[nodiscard]] bool is_container(const Environment& environment);

/// A configuration directory without log4j2.properties, as a new volume is, gets what it lacks of
/// what the image keeps in <home>/config.dist; that file last, so that a copy that was cut off is
/// taken up again. Errors: those of finding the directories, and kIo.
base::Result<void> fill_new_configuration(const std::string& invoked_as,
                                          const Environment& environment);

/// ES_LOG_STYLE: `file` makes log4j2.file.properties of the configuration directory its
/// log4j2.properties; `console`, or none, leaves it. Errors: kGeneric for another style (the stock
/// code), and those of finding and writing the files.
base::Result<void> apply_log_style(const std::string& invoked_as, const Environment& environment);

}  // namespace launcher
