#pragma once

#include <string>

#include "launcher/environment.h"

namespace launcher {

/// Says which of the JVM's own variables have no effect (behaviour page 1.1 step 5), on the streams
/// on which the stock script says it: scripts may look there. `java_type` is the JDK used instead
/// of JAVA_HOME.
void warn_of_ignored_java_variables(const Environment& environment, const std::string& java_type,
                                    bool ignores_java_options);

}  // namespace launcher
