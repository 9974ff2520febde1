// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/png.h"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/files.h"

namespace monge {
namespace {

constexpr png_uint_32 kMostPixels = 100'000'000;

/// libpng leaves by longjmp unless its error function throws; ours does, through C frames that keep nothing.
[[noreturn]] void fail(png_structp png, png_const_charp reason) {
  throw Error(*static_cast<const std::string*>(png_get_error_ptr(png)),
              std::string("the picture is damaged: ") + reason, "a whole PNG file");
}
void ignoreWarning(png_structp, png_const_charp) {}

void readBytes(png_structp png, png_bytep to, std::size_t count) {
  auto& rest = *static_cast<std::string_view*>(png_get_io_ptr(png));
  if (rest.size() < count) png_error(png, "it ends early");
  std::memcpy(to, rest.data(), count);
  rest.remove_prefix(count);
}

/// libpng's two structures, freed together.
struct Reader {
  explicit Reader(std::string& subject)
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &subject, fail, ignoreWarning)),
        info(png ? png_create_info_struct(png) : nullptr) {}
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  png_structp png;
  png_infop info;
};

/// Asks libpng for one channel of 8 or 16 bits.
void expectGrey(const Reader& reader) {
  const int colour = png_get_color_type(reader.png, reader.info);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(reader.png);
  if (png_get_bit_depth(reader.png, reader.info) < 8) png_set_expand_gray_1_2_4_to_8(reader.png);
  if (colour != PNG_COLOR_TYPE_GRAY && colour != PNG_COLOR_TYPE_GRAY_ALPHA)
    png_set_rgb_to_gray_fixed(reader.png, PNG_ERROR_ACTION_NONE, PNG_RGB_TO_GRAY_DEFAULT,
                              PNG_RGB_TO_GRAY_DEFAULT);
  png_set_strip_alpha(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
}

}  // namespace

RowsD readGreyPng(const std::filesystem::path& file) {
  const std::string bytes = readFile(file);
  std::string subject = file.string();
  std::string_view rest = bytes;
  if (png_sig_cmp(reinterpret_cast<png_const_bytep>(bytes.data()), 0,
                  std::min<std::size_t>(bytes.size(), 8)) != 0 ||
      bytes.size() < 8)
    throw Error(subject, bytes.empty() ? "the file is empty" : "does not begin as a PNG picture does",
                "a grey PNG picture");
  Reader reader(subject);
  if (!reader.png || !reader.info) throw std::bad_alloc();
  png_set_read_fn(reader.png, &rest, readBytes);
  png_read_info(reader.png, reader.info);
  const png_uint_32 width = png_get_image_width(reader.png, reader.info),
                    height = png_get_image_height(reader.png, reader.info);
  if (height > kMostPixels / width)
    throw Error(subject, std::to_string(width) + " x " + std::to_string(height) + " pixels",
                "at most " + std::to_string(kMostPixels));
  expectGrey(reader);
  const std::size_t stride = png_get_rowbytes(reader.png, reader.info);
  const bool wide = png_get_bit_depth(reader.png, reader.info) == 16;
  std::vector<png_byte> pixels(stride * height);
  std::vector<png_bytep> rows;
  for (png_uint_32 row = 0; row < height; ++row) rows.push_back(pixels.data() + row * stride);
  png_read_image(reader.png, rows.data());
  RowsD values(height, width);
  for (png_uint_32 row = 0; row < height; ++row)
    for (png_uint_32 column = 0; column < width; ++column) {
      const png_byte* at = rows[row] + column * (wide ? 2 : 1);
      values(row, column) = wide ? (at[0] * 256 + at[1]) / 65535.0 : at[0] / 255.0;
    }
  return values;
}

}  // namespace monge
