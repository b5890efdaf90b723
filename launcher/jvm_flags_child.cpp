#include <boost/process.hpp>
#include <iterator>

#include "base/paths.h"
#include "launcher/jvm_flags.h"

namespace launcher {
namespace {

namespace bp = boost::process;

/// A private working directory for the child: with the default options it writes a GC log there.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  ~ScratchDirectory() { base::remove_directory(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

base::Error refused(const std::string& said, int code, const std::vector<JvmOption>& options) {
  std::string message = "the JVM does not accept its options (exit code " + std::to_string(code) +
                        "): " + said.substr(0, 2000);
  while (message.ends_with('\n')) message.pop_back();
  std::string hint = "the options come from";
  for (const JvmOption& option : options) {
    const std::string name = option.text.substr(0, option.text.find_first_of("=:", 5));
    if (said.find(option.text) != std::string::npos ||
        (name.size() > 5 &&
         said.find(name.substr(name.find_first_not_of("-X:+"))) != std::string::npos))
      hint += "\n  " + option.source + ": " + option.text;
  }
  if (!hint.ends_with("from")) return {base::ErrorKind::kInternal, message, hint, 0};
  return {base::ErrorKind::kInternal, message,
          "look at jvm.options, jvm.options.d and ES_JAVA_OPTS", 0};
}

}  // namespace

base::Result<JvmFlags> ask_jvm_flags(const std::string& java,
                                     const std::vector<JvmOption>& options) {
  std::vector<std::string> arguments;
  arguments.reserve(options.size() + 2);
  for (const JvmOption& option : options) arguments.push_back(option.text);
  arguments.insert(arguments.end(), {"-XX:+PrintFlagsFinal", "-version"});
  BASE_TRY(std::string directory, base::create_private_directory("/tmp/esboot-flags-"));
  const ScratchDirectory scratch(std::move(directory));
  try {
    bp::ipstream out;
    // One stream for both: the order of what the JVM says does not matter, a deadlock would.
    bp::child child(java, bp::args(arguments), (bp::std_out & bp::std_err) > out,
                    bp::std_in < bp::null, bp::start_dir(scratch.path()));
    const std::string said{std::istreambuf_iterator<char>(out), {}};
    child.wait();
    if (child.exit_code() != 0) return refused(said, child.exit_code(), options);
    return parse_flags_final(said);
  } catch (const std::exception& failed) {
    return base::Error{base::ErrorKind::kInternal,
                       "cannot ask " + java + " for its flags: " + failed.what(),
                       "check that this JDK runs", 0};
  }
}

}  // namespace launcher
