"""Edits a Word file inside LibreOffice, by a macro, and saves it there: its rewriting is met for real.

Operations, one tuple each, in order:
``("replace", old, new)`` every occurrence in the text (tables too) · ``("split", before)`` a new paragraph
before these words · ``("join", words)`` the paragraph that begins with these words joins the one
before · ``("delete", words)`` the paragraph that begins so · ``("insert", words, text)`` a paragraph
before it · ``("move", words, target)`` by cutting and pasting before the paragraph that begins with
``target`` · ``("comment", words, text)`` · ``("accept", "", "")`` or ``("reject", "", "")`` all tracked changes.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOFFICE = shutil.which("soffice")
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Juesuan" script:language="StarBasic">
Function Paragraph(doc, words)
  Dim e, p
  e = doc.Text.createEnumeration()
  Do While e.hasMoreElements()
    p = e.nextElement()
    If p.supportsService("com.sun.star.text.Paragraph") Then
      If Left(p.String, Len(words)) = words And Left(p.ParaStyleName, 8) &lt;&gt; "Contents" Then
        Paragraph = p
        Exit Function
      End If
    End If
  Loop
End Function

Sub Run(source, target, script)
  Dim doc, args(0) As New com.sun.star.beans.PropertyValue, saved(0) As New com.sun.star.beans.PropertyValue
  args(0).Name = "Hidden" : args(0).Value = True
  On Error GoTo Failed
  doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, args())
  Dim sfa, stream, entry, f, p, c, d, q
  sfa = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  stream = createUnoService("com.sun.star.io.TextInputStream")
  stream.setInputStream(sfa.openFileRead(script))
  stream.setEncoding("UTF-8")
  Do While Not stream.isEOF()
    entry = stream.readLine()
    f = Split(entry, Chr(9))
    If UBound(f) &gt;= 1 Then
      Select Case f(0)
      Case "replace"
        d = doc.createReplaceDescriptor()
        d.SearchString = f(1) : d.ReplaceString = f(2) : d.SearchCaseSensitive = True
        doc.replaceAll(d)
      Case "split"
        d = doc.createSearchDescriptor()
        d.SearchString = f(1)
        c = doc.findFirst(d)
        doc.Text.insertControlCharacter(c.Start, com.sun.star.text.ControlCharacter.PARAGRAPH_BREAK, False)
      Case "join"
        p = Paragraph(doc, f(1))
        c = doc.Text.createTextCursorByRange(p.Start)
        c.goLeft(1, True)
        c.String = ""
      Case "delete"
        p = Paragraph(doc, f(1))
        p.dispose()
      Case "insert"
        p = Paragraph(doc, f(1))
        doc.Text.insertString(p.Start, f(2), False)
        q = Paragraph(doc, f(2))
        c = doc.Text.createTextCursorByRange(q.Start)
        c.goRight(Len(f(2)), False)
        doc.Text.insertControlCharacter(c, com.sun.star.text.ControlCharacter.PARAGRAPH_BREAK, False)
      Case "move"
        Dim controller, transfer
        controller = doc.CurrentController
        p = Paragraph(doc, f(1))
        c = doc.Text.createTextCursorByRange(p.Start)
        c.gotoEndOfParagraph(True)
        c.goRight(1, True)
        controller.select(c)
        transfer = controller.getTransferable()
        c.String = ""
        q = Paragraph(doc, f(2))
        controller.ViewCursor.gotoRange(q.Start, False)
        controller.insertTransferable(transfer)
      Case "accept", "reject"
        Dim dispatcher
        dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
        If f(0) = "accept" Then
          dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:AcceptAllTrackedChanges", "", 0, Array())
        Else
          dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:RejectAllTrackedChanges", "", 0, Array())
        End If
      Case "comment"
        d = doc.createSearchDescriptor()
        d.SearchString = f(1)
        c = doc.findFirst(d)
        q = doc.createInstance("com.sun.star.text.textfield.Annotation")
        q.Author = "领导" : q.Content = f(2)
        c.Text.insertTextContent(c, q, True)
      End Select
    End If
  Loop
  stream.closeInput()
  saved(0).Name = "FilterName" : saved(0).Value = "MS Word 2007 XML"
  doc.storeToURL(target, saved())
  doc.close(True)
  Exit Sub
Failed:
  Dim number
  number = FreeFile
  Open ConvertFromURL(script) &amp; ".error" For Output As #number
  Print #number, Erl &amp; " " &amp; Error$ &amp; " " &amp; entry
  Close #number
  doc.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Juesuan"/>
</library:library>
"""


def profile(folder: Path) -> str:
    """A profile of its own with the macro in it."""
    place = f"-env:UserInstallation=file://{folder}/profile"
    if not (folder / "profile" / "user" / "registrymodifications.xcu").exists():  # the first start makes the profile
        assert SOFFICE is not None
        subprocess.run(
            [SOFFICE, place, "--headless", "--norestore", "--terminate_after_init"], capture_output=True, timeout=60
        )
    basic = folder / "profile" / "user" / "basic" / "Standard"
    basic.mkdir(parents=True, exist_ok=True)
    (basic / "Juesuan.xba").write_text(MACRO, encoding="utf-8")
    (basic / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    (basic / "dialog.xlb").write_text(
        LIBRARY.replace(' <library:element library:name="Juesuan"/>\n', ""), encoding="utf-8"
    )
    return place


def edit(data: bytes, operations: list[tuple[str, ...]], folder: Path) -> bytes:
    """The file after the operations, as LibreOffice saves it."""
    assert SOFFICE is not None
    source, target, script = folder / "before.docx", folder / "after.docx", folder / "script.txt"
    source.write_bytes(data)
    target.unlink(missing_ok=True)
    script.write_text("\n".join("\t".join(o) for o in operations), encoding="utf-8")
    urls = ",".join(f'"file://{p}"' for p in (source, target, script))
    command = [SOFFICE, profile(folder), "--headless", "--norestore", f"macro:///Standard.Juesuan.Run({urls})"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    failed = folder / "script.txt.error"
    assert not failed.exists(), failed.read_text(encoding="utf-8", errors="replace")
    return target.read_bytes()
