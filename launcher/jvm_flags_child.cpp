#include <boost/asio/io_context.hpp>
#include <boost/process.hpp>
#include <chrono>
#include <future>

#include "base/paths.h"
#include "base/text.h"
#include "launcher/jvm_flags.h"

namespace launcher {
namespace {

namespace bp = boost::process;

/// A JVM answers in a third of a second; on a machine that is overloaded, in some.
constexpr std::chrono::seconds kPatience{60};

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

/// What a JVM said of its options, and how it ended.
struct Answer {
  int exit_code = 0;
  std::string said;
};

base::Result<Answer> run_jvm(const std::string& java, const std::vector<JvmOption>& options,
                             const std::string& directory) {
  std::vector<std::string> arguments;
  arguments.reserve(options.size() + 2);
  for (const JvmOption& option : options) arguments.push_back(option.text);
  arguments.insert(arguments.end(), {"-XX:+PrintFlagsFinal", "-version"});
  try {
    boost::asio::io_context waiting;
    std::future<std::string> said;
    // One stream for both: the order of what the JVM says does not matter, a deadlock would.
    bp::child child(java, bp::args(arguments), (bp::std_out & bp::std_err) > said,
                    bp::std_in < bp::null, bp::start_dir(directory), waiting);
    waiting.run_for(kPatience);
    if (said.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      child.terminate();
      return base::Error{base::ErrorKind::kInternal,
                         java + " was asked for its flags and did not answer within " +
                             std::to_string(kPatience.count()) + " seconds",
                         "check that this JDK runs: " + java + " -version", 0};
    }
    child.wait();
    return Answer{child.exit_code(), said.get()};
  } catch (const std::exception& failed) {
    return base::Error{base::ErrorKind::kInternal,
                       "cannot ask " + java + " for its flags: " + failed.what(),
                       "check that this JDK runs", 0};
  }
}

/// The lines that complain: a JVM also says what it picked up, that it gives up, and what may have
/// been meant, which would be another option.
std::string complaint_in(const std::string& said) {
  std::string complaint;
  for (const std::string& line : base::split(said, '\n')) {
    const bool beside_the_point =
        line.empty() || line.starts_with("Picked up ") || line.starts_with("Did you mean ") ||
        line.starts_with("Error: Could not create the Java Virtual Machine") ||
        line.starts_with("Error: A fatal exception has occurred");
    if (!beside_the_point) complaint += (complaint.empty() ? "" : "; ") + line;
  }
  return complaint.substr(0, 2000);
}

/// Whether the complaint names the option, as it stands there or by the name of its flag.
bool is_blamed(const JvmOption& option, const std::string& complaint) {
  if (complaint.find(option.text) != std::string::npos) return true;
  if (!option.text.starts_with("-XX:")) return false;
  const std::size_t begin = option.text.find_first_not_of("+-", 4);
  if (begin == std::string::npos) return false;
  const std::string name = option.text.substr(begin, option.text.find('=', begin) - begin);
  return !name.empty() && complaint.find(name) != std::string::npos;
}

/// Takes the blamed options away from `options`; the lines that say so.
std::string take_blamed(const std::string& complaint, std::vector<JvmOption>* options) {
  std::string lines;
  std::erase_if(*options, [&](const JvmOption& option) {
    if (!is_blamed(option, complaint)) return false;
    lines += "\n  " + option.source + ": " + option.text + " (" + complaint + ")";
    return true;
  });
  return lines;
}

/// A JVM complains of one option and ends, so it is asked again without that one, until it accepts
/// what is left or says nothing that names an option.
base::Error refused(const std::string& java, Answer answer, std::vector<JvmOption> options,
                    const std::string& directory) {
  constexpr int kMostRounds = 20;
  const std::string first = complaint_in(answer.said);
  const int exit_code = answer.exit_code;
  std::string lines;
  for (int round = 0; round < kMostRounds && answer.exit_code != 0; ++round) {
    const std::string blamed = take_blamed(complaint_in(answer.said), &options);
    if (blamed.empty()) break;
    lines += blamed;
    auto next = run_jvm(java, options, directory);
    if (!next) break;
    answer = std::move(next).value();
  }
  const std::string code = " (exit code " + std::to_string(exit_code) + ")";
  if (lines.empty())
    return {base::ErrorKind::kInternal, "the JVM does not accept its options" + code + ": " + first,
            "look at jvm.options, jvm.options.d and ES_JAVA_OPTS", 0};
  return {base::ErrorKind::kInternal, "the JVM does not accept" + code + ":" + lines,
          "correct or remove these options", 0};
}

}  // namespace

base::Result<JvmFlags> ask_jvm_flags(const std::string& java, const std::vector<JvmOption>& options,
                                     const std::string& directory) {
  if (directory.empty()) {
    BASE_TRY(std::string made, base::create_private_directory("/tmp/esboot-flags-"));
    const ScratchDirectory scratch(std::move(made));
    return ask_jvm_flags(java, options, scratch.path());
  }
  BASE_TRY(Answer answer, run_jvm(java, options, directory));
  if (answer.exit_code != 0) return refused(java, std::move(answer), options, directory);
  return parse_flags_final(answer.said);
}

}  // namespace launcher
