#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace base {

/// What went wrong, in classes that a caller can act on. `launcher/exit_code.h` maps them to
/// process exit codes.
enum class ErrorKind {
  kGeneric,
  kUsage,          ///< the command line is wrong
  kData,           ///< the input is well read but wrong: password, token, setting name
  kUnavailable,    ///< no remote node answered
  kInternal,       ///< a setting, option or library that cannot be used
  kCannotCreate,   ///< a file or directory could not be made
  kIo,             ///< a file could not be read, written or parsed
  kNoPermission,   ///< the kernel or we ourselves refuse
  kConfig,         ///< the configuration directory is not as a start needs it
  kNoop,           ///< nothing to do, and that was not what the caller wanted
  kNotExecutable,  ///< a program that is there cannot be run
  kNotFound,       ///< a program is not there
};

/// One failure as a value. `message` says what failed on which path or line, without a final
/// period; `hint` is the next action, or empty; `sys_errno` is the errno behind it, or 0.
struct Error {
  ErrorKind kind = ErrorKind::kGeneric;
  std::string message;
  std::string hint;
  int sys_errno = 0;
};

/// Either a T or an Error. Reading the wrong side ends the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  [[nodiscard]] explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & { return checked<0>(); }
  [[nodiscard]] const T& value() const& { return const_cast<Result*>(this)->template checked<0>(); }
  [[nodiscard]] T&& value() && { return std::move(checked<0>()); }
  [[nodiscard]] Error& error() & { return checked<1>(); }
  [[nodiscard]] const Error& error() const& {
    return const_cast<Result*>(this)->template checked<1>();
  }
  [[nodiscard]] Error&& error() && { return std::move(checked<1>()); }

 private:
  template <std::size_t I>
  auto& checked() {
    auto* side = std::get_if<I>(&state_);
    if (side == nullptr) std::abort();
    return *side;
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  [[nodiscard]] explicit operator bool() const { return ok(); }
  [[nodiscard]] Error& error() & { return checked(); }
  [[nodiscard]] Error&& error() && { return std::move(checked()); }

 private:
  Error& checked() {
    if (!error_) std::abort();
    return *error_;
  }
  std::optional<Error> error_;
};

}  // namespace base

#define BASE_CONCAT_(a, b) a##b
#define BASE_CONCAT(a, b) BASE_CONCAT_(a, b)

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
/// `BASE_TRY(auto bytes, read_file(path));` declares `bytes`, or returns the error to the caller.
#define BASE_TRY(declaration, expression)                                                       \
  auto BASE_CONCAT(try_, __LINE__) = (expression);                                              \
  if (!BASE_CONCAT(try_, __LINE__).ok()) return std::move(BASE_CONCAT(try_, __LINE__)).error(); \
  declaration = std::move(BASE_CONCAT(try_, __LINE__)).value()
// NOLINTEND(bugprone-macro-parentheses)

/// `BASE_CHECK(commit(changes));` returns the error of a Result<void> to the caller.
#define BASE_CHECK(expression) \
  if (auto check = (expression); !check.ok()) return std::move(check).error()
