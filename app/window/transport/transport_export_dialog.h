// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/output_dialog.h"
#include "app/window/transport/render_transport.h"

class QCheckBox;

namespace monge {

/// What leaves transport in the plane.
class TransportExportDialog : public OutputDialog {
  Q_OBJECT
 public:
  /// The command's source is the preset of the moment's name, or DIR.
  /// @param initial  its rule is the moment's own
  TransportExportDialog(TransportSnapshotPtr moment, TransportFigure initial, QWidget* parent = nullptr);

  /// What is chosen now.
  TransportFigure figure() const;

 protected:
  views::FigureSpec page() const override { return figure().spec; }
  views::PagePainter painter() const override;
  std::function<std::string(const QString& file)> writer() const override;
  QString commandFor(const QString& source, const QString& file) const override;
  QString baseName() const override { return figure().spec.view; }
  void enableControls() override;

 private:
  void viewChanged();

  TransportSnapshotPtr m_moment;
  TransportFigure m_start;
  QComboBox *m_view, *m_colour;
  QCheckBox* m_trueHeights;
};

}  // namespace monge
