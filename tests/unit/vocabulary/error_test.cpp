// What errors say and which codes they carry.
#include "weir/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>

namespace weir {
namespace {

TEST(SystemError, AppendsTheKernelsWords) {
  const SystemError error{ENOENT, "open trace.pcap"};
  EXPECT_STREQ(error.what(), "open trace.pcap: No such file or directory");
  EXPECT_EQ(error.system_code().value(), ENOENT);
}

TEST(SystemError, DerivesItsCodeFromTheErrno) {
  EXPECT_EQ((SystemError{ENOENT, "x"}.code()), ErrorCode::not_found);
  EXPECT_EQ((SystemError{ENODEV, "x"}.code()), ErrorCode::not_found);
  EXPECT_EQ((SystemError{EACCES, "x"}.code()), ErrorCode::permission_denied);
  EXPECT_EQ((SystemError{EPERM, "x"}.code()), ErrorCode::permission_denied);
  EXPECT_EQ((SystemError{EIO, "x"}.code()), ErrorCode::system_call);
  EXPECT_EQ((SystemError{ErrorCode::output_failed, ENOSPC, "x"}.code()), ErrorCode::output_failed);
}

TEST(FormatError, KeepsTheOffset) {
  const FormatError error{ErrorCode::truncated, 4711, "cut"};
  EXPECT_EQ(error.offset(), 4711U);
  EXPECT_EQ(error.code(), ErrorCode::truncated);
}

TEST(FilterError, KeepsExpressionAndPosition) {
  const FilterError error{ErrorCode::filter_syntax, "tcp prot 80", "syntax error", 4};
  EXPECT_EQ(error.expression(), "tcp prot 80");
  EXPECT_EQ(error.position(), 4U);
}

TEST(Error, EveryKindIsCaughtAsTheBase) {
  EXPECT_THROW(throw SystemError(EIO, "x"), Error);
  EXPECT_THROW(throw FormatError(ErrorCode::damaged, 0, "x"), Error);
  EXPECT_THROW(throw FilterError(ErrorCode::filter_syntax, "x", "x"), Error);
}

TEST(ErrorName, IsDifferentForEveryCode) {
  std::set<std::string> names;
  for (const ErrorCode code :
       {ErrorCode::invalid_argument, ErrorCode::system_call, ErrorCode::not_found,
        ErrorCode::permission_denied, ErrorCode::output_failed, ErrorCode::not_a_capture,
        ErrorCode::empty_file, ErrorCode::unsupported_format, ErrorCode::truncated,
        ErrorCode::damaged, ErrorCode::compression_damaged, ErrorCode::filter_syntax,
        ErrorCode::filter_link_type, ErrorCode::filter_rejects_all, ErrorCode::database}) {
    EXPECT_TRUE(names.insert(error_name(code)).second) << error_name(code);
    EXPECT_STRNE(error_name(code), "unknown");
  }
}

}  // namespace
}  // namespace weir
