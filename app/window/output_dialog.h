// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "views/figure.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace monge {

class FigureForm;
class FigurePreview;

/// What leaves a moment of transport, in the plane or in space: a picture with a live preview, a mesh or
/// numbers, by the format; and the command that does the same. Drawing and writing happen on worker threads
/// with values of their own.
class OutputDialog : public QDialog {
  Q_OBJECT
 public:
  ~OutputDialog() override;

  /// What the command names: the folder or the preset that the moment is of.
  void setSource(const QString& what);
  QString format() const;
  QString command() const;

  /// Writes without asking for a name; one of the signals tells the end.
  void writeTo(const QString& file);
  bool isWriting() const { return m_job != nullptr; }
  /// Gives up what is being drawn. A file that is being written already is finished: it is whole or not
  /// there.
  void cancel();

 signals:
  void exported(const QString& file);
  void failed(const QString& message);
  void cancelled();

 protected:
  /// @param start   of the form
  OutputDialog(const views::FigureSpec& start, const QString& source, QWidget* parent);
  /// What a choice changes; the constructor of what is derived ends with it.
  void changed();
  /// The one that was chosen stays where it is still among them.
  void setFormats(const QStringList& suffixes);
  FigureForm& form() { return *m_form; }
  const FigureForm& form() const { return *m_form; }
  bool isPicture() const;
  bool isMesh() const;
  bool isScene() const;  ///< a mesh with colours
  void reject() override;

  /// The page as it is now; its size decides the preview's.
  virtual views::FigureSpec page() const = 0;
  /// Paints it from values of its own, on any thread; none where nothing is painted.
  virtual views::PagePainter painter() const = 0;
  /// The bytes of a file by its suffix, from values of its own, on any thread.
  virtual std::function<std::string(const QString& file)> writer() const = 0;
  virtual QString commandFor(const QString& source, const QString& file) const = 0;
  virtual QString baseName() const = 0;  ///< of the file
  /// Enables what says something of the file.
  virtual void enableControls() = 0;

 private:
  enum class Stage { Drawing, Writing, Cancelled };
  using Job = std::shared_ptr<std::atomic<Stage>>;
  using Writer = std::function<std::string(const QString& file)>;
  static QString writeInWorker(const QString& file, const Writer& writer, const Job& job);

  QWidget* makeControls(const views::FigureSpec& start);
  QWidget* makeCommandRow();
  QWidget* makeButtons();
  void chooseFile();
  void finish(const QString& file, const QString& problem);
  void setBusy(bool busy);
  bool giveUp();
  void showCommand();

  QString m_source, m_file;
  FigurePreview* m_preview;
  FigureForm* m_form;
  QComboBox* m_format;
  QLineEdit* m_command;
  QLabel* m_status;
  QPushButton *m_save, *m_close;
  Job m_job;  ///< null while nothing is written
};

}  // namespace monge
