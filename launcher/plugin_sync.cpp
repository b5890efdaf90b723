#include "launcher/plugin_sync.h"

#include <array>
#include <boost/process.hpp>
#include <iterator>
#include <string>
#include <vector>

#include "base/paths.h"
#include "base/text.h"
#include "launcher/console.h"
#include "launcher/exit_code.h"

namespace launcher {
namespace {

namespace bp = boost::process;

std::string plugins_file(const NodeSite& site) {
  return site.config_directory + "/elasticsearch-plugins.yml";
}

bool is_asked_for(const NodeSite& site) {
  return site.installation.facts->reads_plugins_file && base::path_exists(plugins_file(site));
}

/// The stock command line for a tool (behaviour page 1.3), here the one that a stock start runs.
std::vector<std::string> tool_arguments(const NodeSite& site, const Jdk& jdk,
                                        const Environment& environment) {
  const std::string& home = site.installation.home;
  std::vector<std::string> arguments{"-Xms4m", "-Xmx64m", "-XX:+UseSerialGC"};
  for (std::string& word : base::split(environment.get("CLI_JAVA_OPTS"), ' '))
    if (!word.empty()) arguments.push_back(std::move(word));
  arguments.insert(
      arguments.end(),
      {"-Dcli.name=sync-plugins", "-Dcli.libs=lib/tools/plugin-cli", "-Des.path.home=" + home,
       "-Des.path.conf=" + site.config_directory,
       "-Des.distribution.type=" + site.installation.distribution_type,
       "-Des.java.type=" + jdk.type, "-cp", home + "/lib/*:" + home + "/lib/cli-launcher/*",
       "org.elasticsearch.launcher.CliToolLauncher"});
  return arguments;
}

bp::environment tool_environment(const Environment& environment) {
  bp::environment variables;
  for (const auto& [name, value] : environment.variables)
    if (name != "JAVA_TOOL_OPTIONS" && name != "_JAVA_OPTIONS") variables[name] = value;
  return variables;
}

/// What a Java program says for people: not where in its code it was.
std::string without_stack_trace(const std::string& said) {
  std::string text;
  for (const std::string& line : base::split(said, '\n'))
    if (!line.starts_with('\t') && !base::trim(line).empty()) text += "\n  " + line;
  return text.substr(0, 2000);
}

base::ErrorKind kind_of(int exit_code) {
  using enum base::ErrorKind;
  for (const base::ErrorKind kind : {kUsage, kData, kInternal, kCannotCreate, kIo, kConfig})
    if (exit_code_of(kind) == exit_code) return kind;
  return kGeneric;
}

}  // namespace

base::Result<void> check_plugins_file(const NodeSite& site) {
  if (!is_asked_for(site) || site.installation.distribution_type == "docker") return {};
  return base::Error{base::ErrorKind::kConfig,
                     plugins_file(site) + " is only for distributions of type docker",
                     "move it away, and install plugins with bin/elasticsearch-plugin", 0};
}

base::Result<void> sync_plugins(const NodeSite& site, const Jdk& jdk,
                                const Environment& environment) {
  if (!is_asked_for(site)) return {};
  try {
    bp::ipstream err;
    // Its stdout is ours: an installation takes a while, and says how far it is.
    bp::child child(jdk.java, bp::args(tool_arguments(site, jdk, environment)),
                    tool_environment(environment), bp::std_err > err, bp::std_in < bp::null,
                    bp::start_dir(site.installation.home));
    const std::string said{std::istreambuf_iterator<char>(err), {}};
    child.wait();
    if (child.exit_code() != 0)
      return base::Error{kind_of(child.exit_code()),
                         "the plugins cannot be brought to what " + plugins_file(site) +
                             " says:" + without_stack_trace(said),
                         "correct the file, or move it away to start without", 0};
    for (const std::string& line : base::split(base::trim(said), '\n'))
      if (!line.empty()) console::note(line);
    return {};
  } catch (const std::exception& failed) {
    return base::Error{base::ErrorKind::kInternal,
                       "cannot run the plugin tool with " + jdk.java + ": " + failed.what(),
                       "check that this JDK runs", 0};
  }
}

}  // namespace launcher
