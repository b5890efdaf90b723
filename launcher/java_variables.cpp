#include "launcher/java_variables.h"

#include "launcher/console.h"

namespace launcher {

void warn_of_ignored_java_variables(const Environment& environment, const std::string& java_type,
                                    bool ignores_java_options) {
  const auto warn_on_stdout = [&](const std::string& name) {
    if (!environment.get(name).empty())
      console::warn_on_stdout(name + "=" + environment.get(name) +
                              " has no effect; options for the JVM go into ES_JAVA_OPTS");
  };
  warn_on_stdout("JAVA_TOOL_OPTIONS");
  if (ignores_java_options) warn_on_stdout("_JAVA_OPTIONS");
  if (!environment.get("JAVA_HOME").empty())
    console::warn("JAVA_HOME=" + environment.get("JAVA_HOME") + " has no effect; the JDK is " +
                  (java_type == "ES_JAVA_HOME" ? "that of ES_JAVA_HOME" : "the bundled one"));
  warn_on_stdout("JAVA_OPTS");
}

}  // namespace launcher
