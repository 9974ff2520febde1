// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSizeF>

namespace monge::views {

/// A page as QPdfWriter leaves it, put right: the box is of exactly this size, which the writer rounds to
/// whole points, and the content is compactContent()'s.
/// @throws monge::Error when the file is not laid out as QPdfWriter does
QByteArray finishedPdf(const QByteArray& pdf, const QSizeF& points);

}  // namespace monge::views
